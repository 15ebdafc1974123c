// The authorizer and what it must not believe: forged, mutilated and borrowed tokens, and pages of other origins.
import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, sign } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { startOidcIssuer } from "#scripts/oidc-issuer.ts";
import { AUDIENCE, effectOf, HOUR, handshake, now, TriedAuthorizer } from "./tried-authorizer.ts";

const notSigned = "The token is not signed with a key of its issuer.";

describe("the authorizer refuses", () => {
  let tried: TriedAuthorizer;
  let publicKey: JsonWebKey & { kid: string };
  before(async () => {
    tried = await TriedAuthorizer.start();
    const answer = await fetch(tried.issuer.jwksUri);
    publicKey = ((await answer.json()) as { keys: [typeof publicKey] }).keys[0];
  });
  after(() => tried.issuer.close());
  afterEach("no token reaches a log", () => tried.expectNoTokenLogged());

  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = (header: object, claims: object = {}) =>
    `${encoded(header)}.${encoded({ iss: tried.issuer.url, aud: AUDIENCE, exp: now() + HOUR, sub: "ann", ...claims })}`;
  const withSecret = (secret: string) => {
    const text = unsigned({ alg: "HS256", kid: publicKey.kid });
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const pem = () =>
    createPublicKey({ key: publicKey, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
  /** Signed with a key of the forger's own, under a header of their choice. */
  const ownKey = (header: (jwk: object) => object) => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const text = unsigned({ alg: "ES256", ...header(pair.publicKey.export({ format: "jwk" })) });
    const signature = sign("sha256", Buffer.from(text), { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  };
  const issued = (claims: object) => tried.issuer.sign({ sub: "ann", ...claims });

  const tokens: Readonly<Record<string, readonly [token: () => string, reason: string]>> = {
    "an expired token": [() => issued({ exp: now() - 31 }), "The token has expired."],
    "one that is not valid yet": [() => issued({ nbf: now() + 60 }), "The token is not valid yet."],
    "one of another issuer": [() => issued({ iss: `${tried.issuer.url}/` }), "The token is another issuer's."],
    "one of no issuer": [() => issued({ iss: undefined }), "The token is another issuer's."],
    "one for other audiences": [() => issued({ aud: ["other", "chat2"] }), "The token is for another audience."],
    "one for no audience": [() => issued({ aud: undefined }), "The token is for another audience."],
    "one that never expires": [() => issued({ exp: undefined }), "The token says no time at which it expires."],
    "one of nobody": [() => issued({ sub: undefined }), 'The token\'s claim "sub" is no user id.'],
    "a user id that would have to be made to fit": [
      () => issued({ sub: "ann " }),
      'The token\'s claim "sub" is no user id.',
    ],
    "a user id of many lines": [() => issued({ sub: "ann\nadmin" }), 'The token\'s claim "sub" is no user id.'],
    "a user id that is no text": [() => issued({ sub: 7 }), "This is no token."],
    "what is no token": [() => "hush", "This is no token."],
    "a token with other claims than were signed": [
      () => {
        const [header, , signature] = tried.issuer.tokenFor("ann").split(".");
        return `${header}.${unsigned({}, { sub: "bob" }).split(".")[1]}.${signature}`;
      },
      notSigned,
    ],
    "one that says it needs no signature": [() => `${unsigned({ alg: "none" })}.AA`, notSigned],
    "one that says so, and has none": [() => `${unsigned({ alg: "none", kid: publicKey.kid })}.`, "This is no token."],
    "one that says so of a key that exists": [() => `${unsigned({ alg: "none", kid: publicKey.kid })}.AA`, notSigned],
    "one signed with the public key as if it were a secret": [() => withSecret(pem()), notSigned],
    "one signed with the public key's JWK as if it were a secret": [
      () => withSecret(JSON.stringify(publicKey)),
      notSigned,
    ],
    "one signed with an empty secret": [() => withSecret(""), notSigned],
    "one of another algorithm than its key's": [
      () => `${unsigned({ alg: "RS256", kid: publicKey.kid })}.AAAA`,
      notSigned,
    ],
    "one that names no key": [() => ownKey(() => ({})), notSigned],
    "one that names a key that is not the issuer's": [() => ownKey(() => ({ kid: "mine" })), notSigned],
    "one that names the issuer's key, and is signed with another": [
      () => ownKey(() => ({ kid: publicKey.kid })),
      notSigned,
    ],
    "one that names a file as its key": [() => ownKey(() => ({ kid: "../../../../dev/null" })), notSigned],
    "one that names an address as its key": [() => ownKey(() => ({ kid: "https://evil.test/key" })), notSigned],
    "one that names what every object has": [() => ownKey(() => ({ kid: "__proto__" })), notSigned],
    "one that names no text as its key": [() => ownKey(() => ({ kid: ["a"] })), "This is no token."],
    "one that brings its key along": [() => ownKey((jwk) => ({ kid: "mine", jwk })), notSigned],
    "one that says where its key is": [
      () => ownKey(() => ({ kid: publicKey.kid, jku: "https://evil.test/jwks", x5u: "https://evil.test/cert" })),
      notSigned,
    ],
    "one that is longer than any issuer's": [
      () => issued({ padding: "x".repeat(8192) }),
      "The token has more than 8192 characters.",
    ],
    "one that is encrypted": [() => "a.b.c.d.e", "This is no token."],
  };
  for (const [what, [token, reason]] of Object.entries(tokens)) {
    it(what, async () => {
      expect(await tried.refusal(tried.withToken(token()))).to.equal(reason);
    });
  }

  it("a token of another issuer's key, whatever it says", async () => {
    const other = await startOidcIssuer({ audience: AUDIENCE, people: {} });
    const forged = other.sign({ sub: "ann", iss: tried.issuer.url });
    expect(await tried.refusal(tried.withToken(forged))).to.equal(notSigned);
    await other.close();
  });

  it("any mutilated token, and none makes trouble", async () => {
    const good = tried.issuer.tokenFor("ann");
    const ask = tried.authorizer();
    const mutilated = fc
      .tuple(fc.nat(good.length - 1), fc.nat(3), fc.string({ maxLength: 3 }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut))
      .filter((token) => !sameToken(token, good));
    const refused = fc.asyncProperty(mutilated, async (token) => {
      expect(effectOf(await ask(handshake({ queryStringParameters: { token } })))).to.equal("Deny");
    });
    await fc.assert(refused, { numRuns: 500 });
  });

  describe("pages", () => {
    const allowed = ["https://chat.test", "http://127.0.0.1:8080"];
    const from = (origin: Record<string, string>) => {
      const event = tried.withToken(tried.issuer.tokenFor("ann"));
      return { ...event, headers: { ...event.headers, ...origin } };
    };
    const ask = () => tried.authorizer({}, { origins: allowed });

    for (const origin of [
      "https://evil.test",
      "https://chat.test.evil.test",
      "https://evil.test/https://chat.test",
      "https://sub.chat.test",
      "http://chat.test",
      "https://chat.test:443",
      "https://chat.test:8443",
      "http://127.0.0.1",
      "http://localhost:8080",
      "https://chat.test/",
      "https://CHAT.test",
      "https://chat.test https://evil.test",
      "chat.test",
      "*",
      "null",
      "",
    ])
      it(`of the origin ${JSON.stringify(origin)}, before it looks at their token`, async () => {
        expect(await tried.refusal(from({ Origin: origin }), ask())).to.match(/^Pages of .* may not connect\.$/);
      });

    it("of no other origin, and no programs, which have none", async () => {
      for (const headers of [{ Origin: "https://chat.test" }, { origin: "http://127.0.0.1:8080" }, {}])
        expect(effectOf(await ask()(from(headers as Record<string, string>)))).to.equal("Allow");
    });
  });
});

/** The last characters of base64 may have bits that mean nothing. */
function sameToken(a: string, b: string): boolean {
  const bytes = (token: string) => token.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"));
  return bytes(a).join(".") === bytes(b).join(".");
}
