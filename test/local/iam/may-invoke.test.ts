import { expect } from "chai";
import { mayInvoke } from "#local/iam/may-invoke.ts";

const principal = "apigateway.amazonaws.com";
const api = "arn:aws:execute-api:eu-central-1:123456789012:abcdef1234";
const invocation = { principal, sourceArn: `${api}/dev/$connect` };

describe("Lambda permission", () => {
  it("is needed", () => {
    expect(mayInvoke({ permissions: [] }, invocation)).to.equal(false);
  });

  it("may hold wildcards in its source ARN", () => {
    for (const path of ["/*/*", "/*", "/dev/$connect", "/*/$connect", "*"]) {
      expect(mayInvoke({ permissions: [{ principal, sourceArn: api + path }] }, invocation), path).to.equal(true);
    }
  });

  it("does not match with one wildcard too many, or for another route, stage or API", () => {
    for (const sourceArn of [`${api}/*/*/*`, `${api}/*/$default`, `${api}/prod/*`, `${api.slice(0, -1)}9/*`]) {
      expect(mayInvoke({ permissions: [{ principal, sourceArn }] }, invocation), sourceArn).to.equal(false);
    }
  });

  it("without a source ARN allows every source", () => {
    expect(mayInvoke({ permissions: [{ principal }] }, invocation)).to.equal(true);
  });

  it("counts for its principal only", () => {
    expect(mayInvoke({ permissions: [{ principal: "sns.amazonaws.com" }] }, invocation)).to.equal(false);
  });

  it("counts for its qualifier only", () => {
    const onAlias = { permissions: [{ principal, qualifier: "live" }] };
    expect(mayInvoke(onAlias, { ...invocation, qualifier: "live" })).to.equal(true);
    expect(mayInvoke(onAlias, invocation)).to.equal(false);
    expect(mayInvoke({ permissions: [{ principal }] }, { ...invocation, qualifier: "live" })).to.equal(false);
  });
});
