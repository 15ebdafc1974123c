import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { expect } from "chai";
import fc from "fast-check";
import { canonicalPath } from "#aws/sigv4/canonical-path.ts";
import { type PathlessRequest, type Signing, sha256, signRequests } from "#aws/sigv4/sign-requests.ts";
import { SigningKeys, signingKey } from "#aws/sigv4/signing-key.ts";
import suite from "../fixtures/sigv4/suite.json" with { type: "json" };
import { sdkAuthorization } from "./support/sdk-signer.ts";

interface SuiteCase {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly sessionToken?: string;
  readonly signature: string;
}

const cases: readonly SuiteCase[] = suite.cases as SuiteCase[];

describe("SigV4: AWS's published suite", () => {
  for (const { name, method, path, query = "", headers = {}, body = "", sessionToken, signature } of cases) {
    it(name, () => {
      const { accessKeyId, secretAccessKey, region, service, host } = suite;
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      const at = Date.parse(suite.at);
      const keys = new SigningKeys();
      const request = { method, query, headers: { host, ...headers }, bodyHash: sha256(body) };
      const signed = signRequests(request, { credentials, region, service, at, keys });
      const names = Object.keys(signed.headers).sort().join(";");
      expect(signed.authorization(path)).to.equal(
        `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
      );
    });
  }

  it("derives the key of AWS's documentation", () => {
    const key = signingKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", {
      day: "20120215",
      region: "us-east-1",
      service: "iam",
    });
    expect(key.toString("hex")).to.equal("f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
  });
});

describe("SigV4: the path", () => {
  it("is encoded once more than it is sent", () => {
    expect(canonicalPath("/dev/@connections/R1k_-FIA%3D")).to.equal("/dev/%40connections/R1k_-FIA%253D");
  });

  it("keeps a name that only starts with a dot", () => {
    expect(canonicalPath("/.well-known/..x/a.")).to.equal("/.well-known/..x/a.");
  });
});

describe("SigV4: the AWS SDK's signer agrees", () => {
  const word = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme-ascii" });
  const token = fc.stringMatching(/^[A-Za-z0-9/+=]{1,200}$/);
  const signing = fc.record({
    credentials: fc.record({
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{4,20}$/),
      secretAccessKey: token,
      sessionToken: fc.option(token, { nil: undefined }),
    }),
    region: fc.constantFrom("us-east-1", "eu-central-1", "cn-north-1"),
    service: fc.constantFrom("execute-api", "service"),
    at: fc.date({ min: new Date("2015-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
  });
  const headers = fc.dictionary(fc.stringMatching(/^x-[a-z0-9-]{1,20}$/), word, { maxKeys: 5 });
  const segment = fc.oneof(fc.string({ maxLength: 12, unit: "grapheme" }), fc.constantFrom("", ".", "..", "@", "a%3D"));
  const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`);
  // a record handed on by the SDK loses a parameter of that name
  const name = word.filter((text) => text !== "__proto__");
  const query = fc.dictionary(name, fc.oneof(word, fc.array(word, { minLength: 1, maxLength: 3 })), { maxKeys: 4 });
  const body = fc.string({ maxLength: 200, unit: "grapheme" });
  const keys = new SigningKeys();

  it("on any request", async () => {
    await fc.assert(
      fc.asyncProperty(signing, headers, path, query, body, async (by, extra, at, parameters, text) => {
        const request = { method: "POST", headers: { host: "api.example.com", ...extra } };
        const expected = await sdkAuthorization(request, at, parameters, text, by);
        const signed = signRequests(
          { ...request, query: asSent(parameters), bodyHash: sha256(text) },
          { ...by, at: by.at.getTime(), keys },
        );
        expect(signed.authorization(at)).to.equal(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("on what its client really sends to @connections", async () => {
    const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret/+", sessionToken: "token/+==" };
    for (const connectionId of ["R1k_-9bFIAMCJ1A=", "AAAAAAAAAAAAAAA=", "odd id/+'(*)!"]) {
      const { path, headers } = await sentBySdk(connectionId, '{"text":"häßlich 🙂"}', credentials);
      const [, names = ""] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
      const added = ["x-amz-date", "x-amz-security-token"];
      const signedNames = names.split(";").filter((name) => !added.includes(name));
      const at = headers["x-amz-date"] ?? "";
      const request: PathlessRequest = {
        method: "POST",
        headers: Object.fromEntries(signedNames.map((name) => [name, headers[name] ?? ""])),
        bodyHash: headers["x-amz-content-sha256"] ?? "",
      };
      const by: Signing = { credentials, region: "eu-central-1", service: "execute-api", at: time(at), keys };
      expect(signRequests(request, by).authorization(path)).to.equal(headers.authorization);
    }
  });
});

describe("SigV4: the keys", () => {
  it("are the ones of their day, region, service and secret", () => {
    const keys = new SigningKeys();
    const scope = { day: "20260101", region: "us-east-1", service: "execute-api" };
    const scopes = [
      scope,
      { ...scope, day: "20260102" },
      { ...scope, region: "eu-west-1" },
      { ...scope, service: "s3" },
    ];
    for (const secret of ["one", "two", "one"]) {
      for (const each of scopes) expect(keys.get(secret, each)).to.deep.equal(signingKey(secret, each));
    }
  });

  it("are derived once", () => {
    const keys = new SigningKeys();
    const scope = { day: "20260101", region: "us-east-1", service: "execute-api" };
    expect(keys.get("secret", scope)).to.equal(keys.get("secret", { ...scope }));
  });
});

function asSent(parameters: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`))
    .join("&");
}

/** `20260830T123600Z` */
function time(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(....)(..)(..T..)(..)(..)Z$/, "$1-$2-$3:$4:$5Z"));
}

async function sentBySdk(
  connectionId: string,
  text: string,
  credentials: Signing["credentials"],
): Promise<{ readonly path: string; readonly headers: Readonly<Record<string, string>> }> {
  let seen: { path: string; headers: Record<string, string> } = { path: "", headers: {} };
  const server = createServer((request, response) => {
    seen = { path: request.url ?? "", headers: request.headers as Record<string, string> };
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev`;
  const identity = { ...credentials, sessionToken: credentials.sessionToken ?? "" };
  const client = new ApiGatewayManagementApiClient({ endpoint, region: "eu-central-1", credentials: identity });
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(text) }));
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
  return seen;
}
