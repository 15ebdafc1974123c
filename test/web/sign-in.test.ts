// Signing in without a browser: the flow against the issuer on this machine, and the tokens of somebody who is signed in.
import { expect } from "chai";
import { SignInNeeded } from "#client/tokens.ts";
import { type OidcIssuer, startOidcIssuer } from "#scripts/oidc-issuer.ts";
import { readConfig, type SignInConfig } from "#web/page-config.ts";
import { beginSignIn, completeSignIn, isReturn } from "#web/sign-in/code-flow.ts";
import { discover } from "#web/sign-in/provider.ts";
import { SignedIn, type SignedInPorts } from "#web/sign-in/signed-in.ts";

const PAGE = "http://127.0.0.1:8080/";

class Tab {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
  removeItem = (key: string) => void this.items.delete(key);
  get text(): string {
    return JSON.stringify([...this.items]);
  }
}

describe("web/sign-in", () => {
  let issuer: OidcIssuer;
  let config: SignInConfig;
  let tab: Tab;
  let nowMs: number;

  before(async () => {
    const people = { ann: { name: "Änn", rooms: [] }, bob: { name: "", rooms: [] } };
    issuer = await startOidcIssuer({ audience: "page", people, lifetimeSeconds: 600 });
  });
  after(() => issuer.close());
  beforeEach(() => {
    config = { issuer: issuer.url, clientId: "page", scopes: ["openid"], token: "id", namesFromTokens: true };
    tab = new Tab();
    nowMs = 0;
  });

  const ports = (): SignedInPorts => ({
    config,
    storage: tab,
    now: () => nowMs,
    tokenEndpoint: async () => `${issuer.url}/token`,
  });
  /** Goes to the issuer, chooses somebody, and is sent back to this address. */
  const comeBack = async (user = "ann"): Promise<URL> => {
    const address = await beginSignIn(await discover(issuer.url), config, { page: PAGE, storage: tab });
    const answer = await fetch(`${address}&login_hint=${user}`, { redirect: "manual" });
    return new URL(answer.headers.get("location") ?? "");
  };
  const complete = async (address: URL) =>
    completeSignIn(await discover(issuer.url), config, { address, page: PAGE, storage: tab });
  const signedIn = async (user?: string) => {
    const { person, answer } = await complete(await comeBack(user));
    return SignedIn.as(ports(), person, answer);
  };
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: Error) => error,
    );

  it("comes back with the person, and tokens for them", async () => {
    const address = await comeBack();
    expect(isReturn(address)).to.equal(true);
    const { person, answer } = await complete(address);
    expect(person).to.deep.equal({ userId: "ann", name: "Änn" });
    expect(answer).to.include({ expiresInSeconds: 600 }).and.have.any.keys("idToken");
    expect((await complete(await comeBack("bob"))).person, "nameless").to.deep.equal({ userId: "bob" });
  });

  it("takes nothing that was not asked for in this tab, and nothing twice", async () => {
    const address = await comeBack();
    const forged = new URL(address);
    forged.searchParams.set("state", "another");
    expect((await failure(complete(forged)))?.message).to.include("was not begun in this window");
    expect((await failure(complete(address)))?.message, "begun no more").to.include("was not begun in this window");
  });

  it("does not take another sign-in's tokens: nonce, issuer and client must agree", async () => {
    for (const change of [{ nonce: "another" }, { iss: "https://evil.test" }, { aud: "another" }]) {
      const address = await comeBack();
      const begun = JSON.parse(tab.getItem("websocket-api.sign-in.begun") ?? "{}") as { nonce: string };
      const id_token = issuer.sign({ sub: "ann", nonce: begun.nonce, ...change });
      const { fetch: real } = globalThis;
      globalThis.fetch = async (...args) =>
        String(args[0]).endsWith("/token") ? Response.json({ id_token, expires_in: 60 }) : real(...args);
      const error = await failure(complete(address)).finally(() => {
        globalThis.fetch = real;
      });
      expect(error?.message).to.include("is not the one to this sign-in");
    }
  });

  it("says what the issuer says when there is no code", async () => {
    await comeBack();
    const { state } = JSON.parse(tab.getItem("websocket-api.sign-in.begun") ?? "{}") as { state: string };
    const query = new URLSearchParams({ state, error: "access_denied", error_description: "Ann said no" });
    const address = new URL(`${PAGE}?${query}`);
    expect(isReturn(address)).to.equal(true);
    expect((await failure(complete(address)))?.message).to.equal("The issuer says: Ann said no.");
    expect(isReturn(new URL(`${PAGE}?room=tea`))).to.equal(false);
  });

  it("does not begin with an issuer that is away, or another one", async () => {
    expect((await failure(discover("http://127.0.0.1:1")))?.message).to.include("cannot be reached");
    expect((await failure(discover(`${issuer.url}/`)))?.message).to.include("is another issuer's");
  });

  describe("of somebody who is signed in", () => {
    it("gives the same token until it is about to expire, or a fresh one is wanted", async () => {
      const ann = await signedIn();
      const first = await ann.token({ fresh: false });
      nowMs = 569_000;
      expect(await ann.token({ fresh: false })).to.equal(first);
      nowMs = 571_000;
      const second = await ann.token({ fresh: false });
      const third = await ann.token({ fresh: true });
      expect(new Set([first, second, third]).size).to.equal(3);
    });

    it("gives the kind of token that the API wants", async () => {
      config = { ...config, token: "access" };
      const claims = (await (await signedIn()).token({ fresh: false })).split(".")[1] ?? "";
      expect(JSON.parse(Buffer.from(claims, "base64url").toString())).to.have.property("scope");
    });

    it("survives loading the page again, with no token that the API takes kept in the tab", async () => {
      const ann = await signedIn();
      const shown = await ann.token({ fresh: false });
      for (const part of shown.split(".")) expect(tab.text).not.to.include(part);
      const again = SignedIn.kept(ports());
      expect(again?.person).to.deep.equal({ userId: "ann", name: "Änn" });
      expect(await again?.token({ fresh: false }))
        .to.be.a("string")
        .and.not.equal(shown);
    });

    it("is nobody in another tab, after signing out, or with what an older version wrote", async () => {
      const ann = await signedIn();
      ann.forget();
      expect(tab.items.size).to.equal(0);
      expect(SignedIn.kept(ports())).to.equal(undefined);
      for (const text of ["{", "null", '{"person":{"userId":"ann"}}', '{"refreshToken":"x"}']) {
        tab.setItem("websocket-api.sign-in", text);
        expect(SignedIn.kept(ports()), text).to.equal(undefined);
      }
    });

    it("has to sign in again when the issuer takes the refresh token no more, but not when it is away", async () => {
      const ann = await signedIn();
      const { tokenEndpoint } = ports();
      const away = { ...ports(), tokenEndpoint: async () => "http://127.0.0.1:1/token" };
      const kept = SignedIn.kept(away);
      expect(await failure(kept?.token({ fresh: true }) ?? Promise.resolve())).not.to.be.instanceOf(SignInNeeded);
      expect(tab.items.size).to.equal(1);
      const other = SignedIn.kept({ ...ports(), tokenEndpoint });
      await other?.token({ fresh: true });
      expect(await failure(ann.token({ fresh: true })), "used up").to.be.instanceOf(SignInNeeded);
      expect(tab.items.size).to.equal(0);
      expect(await failure(ann.token({ fresh: false }))).to.be.instanceOf(SignInNeeded);
    });
  });
});

describe("web/config", () => {
  const signIn = { issuer: "https://i.test", clientId: "c", scopes: ["openid"], token: "id", namesFromTokens: false };

  it("is where the API is, and where to sign in if anywhere", () => {
    expect(readConfig({ webSocketUrl: "wss://a.test/dev" })).to.deep.equal({ webSocketUrl: "wss://a.test/dev" });
    expect(readConfig({ webSocketUrl: "wss://a.test/dev", signIn }).signIn).to.deep.equal(signIn);
  });

  it("is refused when it is incomplete, with what would be right", () => {
    expect(() => readConfig({})).to.throw('config.json must be { "webSocketUrl": "wss://…" }.');
    expect(() => readConfig({ webSocketUrl: "wss://a.test", signIn: { ...signIn, token: "any" } })).to.throw(
      'token ("id" or "access")',
    );
  });
});
