import { expect } from "chai";
import { presign, signHeaders } from "../local/support/sign-request.ts";
import { connectClient, refusedHandshake } from "../local/support/test-client.ts";
import { eventOf, type GatewayEvent, recalled, uniqueName } from "./conversation.ts";
import { apiKeyOf, isAws, signerOf, urlOf } from "./target.ts";

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
    ["a policy for something else is 403", "?token=elsewhere", 403],
    ["a context that is not flat is 500", "?token=nested", 500],
    ["an answer above 8 KB is 500", "?token=large", 500],
  ];
  for (const [fact, query, status] of refusals) {
    it(`§1.3 ${fact} (mistake 12)`, async function () {
      expect((await refusedHandshake(await guarded(this, query))).status).to.equal(status);
    });
  }

  it("§1.6 its policy may use wildcards", async function () {
    await (await connectClient(await guarded(this, "?token=wildcard"))).close();
  });

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

  it("§1.6 every handshake asks it: nothing is cached", async function () {
    const asked: unknown[] = [];
    for (let times = 0; times < 2; times += 1) {
      const client = await connectClient(await guarded(this, "?token=allow"));
      const { authorizer, connectionId } = (await eventOf(client)).requestContext;
      expect(JSON.parse(String(authorizer?.event)).requestContext.connectionId).to.equal(connectionId);
      asked.push(connectionId);
      await client.close();
    }
    expect(new Set(asked).size).to.equal(2);
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

    it("§1.6 has empty stage variables where there are none, and no authorizer yet", async function () {
      const { stageVariables, requestContext } = await authorizerEvent(this);
      expect(stageVariables).to.deep.equal({});
      expect(requestContext).to.include({ routeKey: "$connect", eventType: "CONNECT" });
      expect(requestContext).not.to.have.property("authorizer");
    });

    it("§1.6 has the headers Connection and Upgrade, which $connect has not (mistake 13)", async function () {
      const { headers } = await authorizerEvent(this);
      const names = Object.keys(headers ?? {}).map((name) => name.toLowerCase());
      expect(names).to.include.members(["connection", "upgrade"]);
    });
  });
});

describe("§1.7 API keys", () => {
  const knock = async (context: Mocha.Context, headers: Record<string, string>): Promise<number> =>
    (await refusedHandshake(await urlOf(context, "keyed"), [], { headers })).status;

  it("§1.3 without a key the handshake is refused with 403", async function () {
    expect(await knock(this, {})).to.equal(403);
  });

  it("§1.3 with another key it is refused with 403", async function () {
    expect(await knock(this, { "x-api-key": "nobodys-key-of-more-than-twenty-characters" })).to.equal(403);
  });

  it("§1.7 a key is in the header and the identity of the event, and on later ones", async function () {
    const apiKey = await apiKeyOf(this);
    const name = uniqueName();
    const client = await connectClient(`${await urlOf(this, "keyed")}?name=${name}`, [], {
      headers: { "x-api-key": apiKey },
    });
    const event = await recalled(this, `${name}/CONNECT`);
    expect(event.headers).to.include({ "x-api-key": apiKey });
    for (const { requestContext } of [event, await eventOf(client)]) {
      expect(requestContext.identity).to.include({ apiKey }).and.to.include.keys("apiKeyId");
    }
    await client.close();
  });

  it("§1.7 a key may be what the authorizer says, not the header", async function () {
    const apiKey = await apiKeyOf(this);
    const url = `${await urlOf(this, "metered")}?token=allow`;
    const client = await connectClient(`${url}&key=${apiKey}`);
    expect((await eventOf(client)).requestContext.identity).to.include({ apiKey });
    await client.close();
    expect((await refusedHandshake(url, [], { headers: { "x-api-key": apiKey } })).status).to.equal(403);
  });
});

describe("§1.8 AWS_IAM", () => {
  it("§1.8 an unsigned handshake is refused with 403", async function () {
    expect((await refusedHandshake(await urlOf(this, "signed"))).status).to.equal(403);
  });

  it("§1.8 a signature for another service is refused with 403", async function () {
    const url = await urlOf(this, "signed");
    const { region, ...signer } = await signerOf(this);
    const headers = signHeaders(signer, { url: url.replace(/^ws/, "http"), region, service: "lambda" });
    expect((await refusedHandshake(url, [], { headers })).status).to.equal(403);
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
