import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";

const caller = { role: { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [] }, functionName: "f" };

describe("credentials", () => {
  it("look like those of an assumed role, and are never the same", () => {
    const credentials = new Credentials();
    const [one, other] = [credentials.issue(caller), credentials.issue(caller)];
    expect(one.accessKeyId).to.match(/^ASIA[A-Z0-9]{16}$/);
    expect(one.secretAccessKey).to.have.length(40);
    expect(one.accessKeyId).not.to.equal(other.accessKeyId);
  });

  it("find the caller by the Authorization header", () => {
    const credentials = new Credentials();
    const { accessKeyId } = credentials.issue(caller);
    const scope = `${accessKeyId}/20260101/eu-central-1/dynamodb/aws4_request`;
    expect(credentials.callerOf(`AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`)).to.equal(
      caller,
    );
    expect(credentials.callerOf(`AWS4-HMAC-SHA256 SignedHeaders=host,Credential=${scope},Signature=00`)).to.equal(
      caller,
    );
  });

  it("find the caller of a presigned request", () => {
    const credentials = new Credentials();
    const { accessKeyId } = credentials.issue(caller);
    const url = `/dev/@connections/x?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${accessKeyId}%2F20260101%2Fr%2Fs%2Faws4_request`;
    expect(credentials.callerOf({ url })).to.equal(caller);
  });

  it("do not know keys of others, nor unsigned requests", () => {
    const credentials = new Credentials();
    credentials.issue(caller);
    expect(
      credentials.callerOf("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/r/s/aws4_request, x=y"),
    ).to.equal(undefined);
    expect(credentials.callerOf({ url: "/" })).to.equal(undefined);
    expect(credentials.callerOf(undefined)).to.equal(undefined);
    expect(credentials.callerOf("Bearer x")).to.equal(undefined);
  });
});
