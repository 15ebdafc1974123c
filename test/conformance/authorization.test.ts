import { expect } from "chai";
import { presign, signHeaders } from "../local/support/sign-request.ts";
import { connectClient, refusedHandshake } from "../local/support/test-client.ts";
import { eventOf, type GatewayEvent, recalled, uniqueName } from "./conversation.ts";
import { isAws, signerOf, urlOf } from "./target.ts";

describe("§1.6 Lambda authorizer", () => {
  const guarded = async (context: Mocha.Context, query: string): Promise<string> =>
    `${await urlOf(context, "guarded")}${query}`;

  const refusals: readonly (readonly [string, string, number])[] = [
    ["without its identity source the handshake is refused with 401", "", 401],
    ["with an empty identity source it is refused with 401", "?token=", 401],
    ["the error Unauthorized is 401", "?token=unauthorized", 401],
    ["a Deny is 403", "?token=deny", 403],
    ["another error is 500", "?token=broken", 500],
    ["an answer that is no policy is 500", "?token=no-policy", 500],
  ];
  for (const [fact, query, status] of refusals) {
    it(`§1.3 ${fact} (mistake 12)`, async function () {
      expect((await refusedHandshake(await guarded(this, query))).status).to.equal(status);
    });
  }

  it("§1.5 principal and context are in every later message, as texts (mistake 11)", async function () {
    const client = await connectClient(await guarded(this, "?token=allow"));
    const { authorizer } = (await eventOf(client)).requestContext;
    expect(authorizer).to.include({ principalId: "ada", flag: "true", number: "1" });
    await client.close();
  });

  it("§1.5 they are in $connect and $disconnect too (mistake 11)", async function () {
    const name = uniqueName();
    const client = await connectClient(await guarded(this, `?token=allow&name=${name}`));
    const { connectionId } = (await eventOf(client)).requestContext;
    await client.close();
    for (const key of [`${name}/CONNECT`, `${connectionId}/DISCONNECT`]) {
      const { requestContext } = await recalled(this, key);
      expect(requestContext.authorizer, key).to.include({ principalId: "ada" });
    }
  });

  describe("is asked with an event that", () => {
    async function authorizerEvent(context: Mocha.Context): Promise<GatewayEvent> {
      const client = await connectClient(await guarded(context, "?token=allow"));
      const { authorizer } = (await eventOf(client)).requestContext;
      await client.close();
      return JSON.parse(String(authorizer?.event));
    }

    it("§1.6 has exactly these keys (mistake 13)", async function () {
      expect(await authorizerEvent(this)).to.have.all.keys(
        "type",
        "methodArn",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "stageVariables",
        "requestContext",
      );
    });

    it("§1.6 names the route's ARN, with the account and without an HTTP method (mistake 13)", async function () {
      const { type, methodArn } = await authorizerEvent(this);
      expect(type).to.equal("REQUEST");
      expect(methodArn).to.match(/^arn:aws:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]{10}\/guarded\/\$connect$/);
    });

    it("§1.6 has the headers Connection and Upgrade, which $connect has not (mistake 13)", async function () {
      const { headers } = await authorizerEvent(this);
      const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
      expect(names).to.include.members(["connection", "upgrade"]);
    });
  });
});

describe("§1.8 AWS_IAM", () => {
  it("§1.8 an unsigned handshake is refused with 403", async function () {
    expect((await refusedHandshake(await urlOf(this, "signed"))).status).to.equal(403);
  });

  it("§1.8 a handshake with a signature in its headers is accepted", async function () {
    const url = await urlOf(this, "signed");
    const { region, ...signer } = await signerOf(this);
    const headers = signHeaders(signer, { url: url.replace(/^ws/, "http"), region });
    const client = await connectClient(url, [], { headers });
    const { identity } = (await eventOf(client)).requestContext;
    // Whose a developer's own key is, only AWS knows.
    if (isAws) expect(identity).to.include.keys("userArn", "accountId");
    await client.close();
  });

  it("§1.8 a presigned URL is accepted, as browsers need it", async function () {
    const url = await urlOf(this, "signed");
    const { region, ...signer } = await signerOf(this);
    const presigned = presign(signer, { url: url.replace(/^ws/, "http"), region });
    const client = await connectClient(presigned.replace(/^http/, "ws"));
    await client.close();
  });
});
