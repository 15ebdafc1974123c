// The authorizer, with tokens of a real issuer over HTTP: which handshakes it lets in, what it says of them, and what it never says.
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { type JwtSettings, jwtTokens } from "#aws/jwt-tokens.ts";
import type { AuthorizerEvent } from "#functions/runtime/event.ts";
import { identityIn } from "#functions/runtime/identity-context.ts";
import { type AuthorizerResult, onAuthorize } from "#functions/runtime/on-authorize.ts";
import { type Claims, type OidcIssuer, startOidcIssuer } from "#scripts/oidc-issuer.ts";

const ARN = "arn:aws:execute-api:us-east-1:000000000000:abcdefghij/dev/$connect";
const AUDIENCE = "chat";
const HOUR = 3_600;
/** The last characters of base64 may have bits that mean nothing. */
const sameToken = (a: string, b: string) => {
  const bytes = (token: string) => token.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
  return bytes(a).join(".") === bytes(b).join(".");
};
const now = () => Math.floor(Date.now() / 1000);

describe("the authorizer", () => {
  let issuer: OidcIssuer;
  let logged: { event: string; fields: Record<string, unknown> }[];
  let shown: string[];

  before(async () => {
    issuer = await startOidcIssuer({ audience: AUDIENCE, people: { ann: { name: "Ann", rooms: ["team-red"] } } });
  });
  after(() => issuer.close());
  beforeEach(() => {
    logged = [];
    shown = [];
  });
  afterEach("no token reaches a log or an answer", () => {
    for (const token of shown) {
      for (const part of token.split(".").filter(({ length }) => length > 10)) {
        expect(JSON.stringify(logged)).not.to.include(part);
      }
    }
  });

  const settings = (change: Partial<JwtSettings> = {}): JwtSettings => ({
    issuer: issuer.url,
    audience: AUDIENCE,
    clockSkewSeconds: 30,
    userIdClaim: "sub",
    nameClaim: "name",
    roomsClaim: "rooms",
    ...change,
  });
  const authorizer = (
    change: Partial<JwtSettings> = {},
    origins: readonly string[] = [],
    clock = { now: Date.now },
  ) => {
    const note = (event: string, fields: object) => logged.push({ event, fields: { ...fields } });
    return onAuthorize(jwtTokens(settings(change), clock), { origins, log: { info: note, error: note } });
  };
  const withProtocols = (...protocols: string[]): AuthorizerEvent => {
    shown.push(...protocols);
    return handshake({ headers: { "Sec-WebSocket-Protocol": protocols.join(", ") } });
  };
  const withToken = (token: string) => withProtocols("bearer", token);
  const handshake = (event: Partial<AuthorizerEvent>): AuthorizerEvent => ({
    methodArn: ARN,
    requestContext: { connectionId: "c1" },
    ...event,
  });
  const effectOf = ({ policyDocument }: AuthorizerResult) =>
    (policyDocument as { Statement: { Effect: string; Resource: string }[] }).Statement[0]?.Effect;
  const refusal = async (event: AuthorizerEvent, ask = authorizer()) => {
    const result = await ask(event);
    expect(effectOf(result)).to.equal("Deny");
    expect(result).not.to.have.property("context");
    return logged.at(-1)?.fields.reason;
  };

  it("lets a good token in, on this API only, and says who it is and until when", async () => {
    const exp = now() + 600;
    const result = await authorizer()(withToken(issuer.sign({ sub: "ann", name: "Ann", rooms: ["team-red"], exp })));
    expect(result).to.deep.equal({
      principalId: "ann",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: ARN }],
      },
      context: { userId: "ann", name: "Ann", rooms: '["team-red"]', expiresAt: String((exp + 30) * 1000) },
    });
  });

  it("says it in a form that the other functions read", async () => {
    const { context } = await authorizer()(withToken(issuer.tokenFor("ann")));
    expect(identityIn(context)).to.include({ userId: "ann", name: "Ann" });
    expect(identityIn(context)?.rooms).to.deep.equal(["team-red"]);
    for (const none of [undefined, {}, { principalId: "ann" }, { userId: "ann" }, { userId: "ann", expiresAt: "soon" }])
      expect(identityIn(none)).to.equal(undefined);
  });

  describe("finds the token", () => {
    it("behind the protocol bearer, wherever that stands and however the header is written", async () => {
      const token = issuer.tokenFor("ann");
      for (const event of [
        withProtocols("chat.v2", "bearer", token),
        handshake({ headers: { "sec-websocket-protocol": `bearer,${token}` } }),
      ])
        expect(effectOf(await authorizer()(event))).to.equal("Allow");
    });

    it("in the query, when the protocols have none", async () => {
      const token = issuer.tokenFor("ann");
      const event = handshake({ queryStringParameters: { token, userId: "bob" } });
      expect(await authorizer()(event)).to.include({ principalId: "ann" });
      const both = { ...withToken("no.good.token"), queryStringParameters: { token } };
      expect(await refusal(both)).to.equal("This is no token.");
    });

    it("or says that there is none", async () => {
      const none = "There is no token, neither behind the protocol bearer nor in the query.";
      for (const event of [handshake({}), withProtocols("bearer"), withProtocols("chat.v2"), withProtocols("")])
        expect(await refusal(event)).to.equal(none);
      expect(await refusal(handshake({ queryStringParameters: { token: "" } }))).to.equal(none);
    });
  });

  describe("refuses", () => {
    const unsigned = (header: object, claims: Claims) =>
      [header, { iss: issuer.url, aud: AUDIENCE, exp: now() + HOUR, ...claims }]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
    const notSigned = "The token is not signed with a key of its issuer.";
    const headerOf = (token: string) => JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());

    const tokens: Readonly<Record<string, readonly [token: () => string, reason: string]>> = {
      "an expired token": [() => issuer.sign({ sub: "ann", exp: now() - 31 }), "The token has expired."],
      "one that is not valid yet": [() => issuer.sign({ sub: "ann", nbf: now() + 60 }), "The token is not valid yet."],
      "one of another issuer": [
        () => issuer.sign({ sub: "ann", iss: `${issuer.url}/` }),
        "The token is another issuer's.",
      ],
      "one for another audience": [
        () => issuer.sign({ sub: "ann", aud: ["other", "chat2"] }),
        "The token is for another audience.",
      ],
      "one for no audience": [() => issuer.sign({ sub: "ann", aud: undefined }), "The token is for another audience."],
      "one that never expires": [
        () => issuer.sign({ sub: "ann", exp: undefined }),
        "The token says no time at which it expires.",
      ],
      "one of nobody": [() => issuer.sign({}), 'The token\'s claim "sub" is no user id.'],
      "a user id that would have to be made to fit": [
        () => issuer.sign({ sub: "ann " }),
        'The token\'s claim "sub" is no user id.',
      ],
      "a user id of many lines": [() => issuer.sign({ sub: "ann\nadmin" }), 'The token\'s claim "sub" is no user id.'],
      "a user id that is no text": [() => issuer.sign({ sub: 7 }), "This is no token."],
      "what is no token": [() => "hush", "This is no token."],
      "a token with other claims than were signed": [
        () => {
          const [header, , signature] = issuer.tokenFor("ann").split(".");
          return `${header}.${unsigned({}, { sub: "bob" }).split(".")[1]}.${signature}`;
        },
        notSigned,
      ],
      "one that says it needs no signature": [() => `${unsigned({ alg: "none" }, { sub: "ann" })}.AA`, notSigned],
      "one that says none of a key that exists": [
        () => `${unsigned({ ...headerOf(issuer.tokenFor("ann")), alg: "none" }, { sub: "ann" })}.AA`,
        notSigned,
      ],
      "one signed with the public key as if it were a secret": [
        () => {
          const text = unsigned({ ...headerOf(issuer.tokenFor("ann")), alg: "HS256" }, { sub: "ann" });
          return `${text}.${createHmac("sha256", "public").update(text).digest("base64url")}`;
        },
        notSigned,
      ],
    };
    for (const [what, [token, reason]] of Object.entries(tokens)) {
      it(what, async () => {
        expect(await refusal(withToken(token()))).to.equal(reason);
      });
    }

    it("a token of another issuer's key, whatever it says", async () => {
      const other = await startOidcIssuer({ audience: AUDIENCE, people: {} });
      expect(await refusal(withToken(other.sign({ sub: "ann", iss: issuer.url })))).to.equal(notSigned);
      await other.close();
    });

    it("pages of other origins, before it looks at their token; programs have none", async () => {
      const ask = authorizer({}, ["https://chat.test"]);
      const from = (headers: Record<string, string>) => {
        const event = withToken(issuer.tokenFor("ann"));
        return { ...event, headers: { ...event.headers, ...headers } };
      };
      for (const origin of ["https://evil.test", "https://chat.test.evil.test", "http://chat.test", "null", ""])
        expect(await refusal(from({ Origin: origin }), ask), origin).to.match(/^Pages of .* may not connect\.$/);
      expect(effectOf(await ask(from({ Origin: "https://chat.test" })))).to.equal("Allow");
      expect(effectOf(await ask(from({ origin: "https://chat.test" })))).to.equal("Allow");
      expect(effectOf(await ask(from({})))).to.equal("Allow");
    });
  });

  it("lets no mutilated token in, and none makes trouble", async () => {
    const good = issuer.tokenFor("ann");
    const ask = authorizer();
    const mutilated = fc
      .tuple(fc.nat(good.length - 1), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
    await fc.assert(
      fc.asyncProperty(
        mutilated.filter((token) => !sameToken(token, good)),
        async (token) => {
          expect(effectOf(await ask(handshake({ queryStringParameters: { token } })))).to.equal("Deny");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("allows the clock skew that is stated, and no more", async () => {
    const expired = () => withToken(issuer.sign({ sub: "ann", exp: now() - 60 }));
    expect(await refusal(expired(), authorizer({ clockSkewSeconds: 0 }))).to.equal("The token has expired.");
    expect(effectOf(await authorizer({ clockSkewSeconds: 120 })(expired()))).to.equal("Allow");
  });

  it("takes user id, name and rooms from the claims that are stated", async () => {
    const token = issuer.sign({ sub: "1", email: "ann@chat.test", nick: "Annie", "cognito:groups": "team-red news" });
    const claims = { userIdClaim: "email", nameClaim: "nick", roomsClaim: "cognito:groups" };
    const { context } = await authorizer(claims)(withToken(token));
    expect(context).to.include({ userId: "ann@chat.test", name: "Annie", rooms: '["team-red","news"]' });
    const without = await authorizer({ nameClaim: undefined, roomsClaim: undefined })(withToken(token));
    expect(without.context).to.have.all.keys("userId", "expiresAt");
  });

  it("leaves out a name that cannot be one, and rooms that are none", async () => {
    const { context } = await authorizer()(withToken(issuer.sign({ sub: "ann", name: " ", rooms: [1, "tea", null] })));
    expect(context).to.include({ userId: "ann", rooms: '["tea"]' }).and.not.have.property("name");
  });

  describe("and its issuer's keys", () => {
    const counted = async () => {
      let fetched = 0;
      let status = 200;
      const server = createServer((_request, response) => {
        fetched++;
        void fetch(issuer.jwksUri).then(async (keys) => response.writeHead(status).end(await keys.text()));
      });
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return {
        uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
        fetched: () => fetched,
        answer: (code: number) => {
          status = code;
        },
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      };
    };
    const use = async (test: (keys: Awaited<ReturnType<typeof counted>>) => Promise<void>) => {
      const keys = await counted();
      await test(keys).finally(keys.close);
    };

    it("are fetched once, and again for a key that is new", () =>
      use(async (keys) => {
        const ask = authorizer({ jwksUri: keys.uri });
        for (let i = 0; i < 3; i++) await ask(withToken(issuer.tokenFor("ann")));
        expect(keys.fetched()).to.equal(1);
        issuer.rotate();
        expect(effectOf(await ask(withToken(issuer.tokenFor("ann"))))).to.equal("Allow");
        expect(keys.fetched()).to.equal(2);
      }));

    it("are not fetched again and again for keys that nobody has", () =>
      use(async (keys) => {
        const ask = authorizer({ jwksUri: keys.uri });
        const other = await startOidcIssuer({ audience: AUDIENCE, people: {} });
        for (let i = 0; i < 5; i++) {
          other.rotate();
          await refusal(withToken(other.sign({ sub: "ann", iss: issuer.url })), ask);
        }
        await other.close();
        expect(keys.fetched()).to.equal(1);
      }));

    it("are believed for an hour: a key that was taken back is good no longer", () =>
      use(async (keys) => {
        let ahead = 0;
        const ask = authorizer({ jwksUri: keys.uri }, [], { now: () => Date.now() + ahead });
        const old = issuer.sign({ sub: "ann", exp: now() + 9 * HOUR });
        await ask(withToken(old));
        issuer.rotate();
        expect(effectOf(await ask(withToken(old)))).to.equal("Allow");
        ahead = HOUR * 1000 + 1000;
        expect(await refusal(withToken(old), ask)).to.equal("The token is not signed with a key of its issuer.");
      }));

    it("stay in use while the issuer cannot be asked", () =>
      use(async (keys) => {
        let ahead = 0;
        const ask = authorizer({ jwksUri: keys.uri }, [], { now: () => Date.now() + ahead });
        await ask(withToken(issuer.tokenFor("ann")));
        keys.answer(500);
        ahead = HOUR * 1000 + 1000;
        expect(effectOf(await ask(withToken(issuer.tokenFor("ann"))))).to.equal("Allow");
        expect(keys.fetched()).to.equal(2);
      }));

    it("that cannot be had are our trouble, not the user's: an error, with its cause in the log", () =>
      use(async (keys) => {
        keys.answer(500);
        const ask = authorizer({ jwksUri: keys.uri });
        const error = await ask(withToken(issuer.tokenFor("ann"))).then(
          () => undefined,
          (thrown: Error) => thrown,
        );
        expect(error?.message).to.equal("The token could not be checked.");
        expect(logged.at(-1)?.event).to.equal("handshake failed");
        expect(JSON.stringify(logged.at(-1)?.fields)).to.include("status 500");
      }));

    it("come over plain HTTP from this machine only, and only for an issuer that is on it", async () => {
      for (const change of [
        { issuer: "https://login.chat.test", jwksUri: issuer.jwksUri },
        { issuer: issuer.url, jwksUri: "http://login.chat.test/keys" },
      ]) {
        const token = issuer.sign({ sub: "ann", iss: change.issuer });
        const error = await authorizer(change)(withToken(token)).catch((thrown: Error) => thrown);
        expect(error).to.be.an("error");
      }
    });
  });
});
