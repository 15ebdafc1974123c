// The issuer on this machine, as a page signs in there: authorization code with PKCE, and nothing for whoever gets any of it wrong.
import { createHash } from "node:crypto";
import { expect } from "chai";
import { type OidcIssuer, startOidcIssuer } from "#scripts/oidc-issuer.ts";

const PAGE = "http://127.0.0.1:8080/";
const VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636";

describe("the issuer on this machine", () => {
  let issuer: OidcIssuer;
  before(async () => {
    issuer = await startOidcIssuer({
      audience: "page",
      lifetimeSeconds: 60,
      people: { ann: { name: "Ann", rooms: ["tea"] }, eve: { name: "<Eve & co>", rooms: [] } },
    });
  });
  after(() => issuer.close());

  type Query = Record<string, string | undefined>;
  const asked: Query = {
    response_type: "code",
    client_id: "page",
    redirect_uri: PAGE,
    scope: "openid profile",
    state: "s1",
    nonce: "n1",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
  };
  const given = (query: Query) =>
    Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const authorize = (change: Query) =>
    fetch(`${issuer.url}/authorize?${new URLSearchParams(given({ ...asked, ...change }))}`, { redirect: "manual" });
  const sentBack = (answer: Response) => {
    const target = new URL(answer.headers.get("location") ?? "http://nowhere.test");
    return { page: `${target.origin}${target.pathname}`, ...Object.fromEntries(target.searchParams) } as Query;
  };
  const ask = async (form: Query) => {
    const answer = await fetch(`${issuer.url}/token`, { method: "POST", body: new URLSearchParams(given(form)) });
    return { status: answer.status, ...((await answer.json()) as Record<string, string>) } as Record<string, unknown>;
  };
  const codeFor = async (user = "ann") => sentBack(await authorize({ login_hint: user })).code;
  const redeem = (code: string | undefined, change: Query = {}) =>
    ask({
      grant_type: "authorization_code",
      ...{ code, redirect_uri: PAGE, client_id: "page", code_verifier: VERIFIER },
      ...change,
    });
  const claimsOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString());

  it("says where everything is", async () => {
    const document = (await (await fetch(`${issuer.url}/.well-known/openid-configuration`)).json()) as object;
    expect(document).to.include({
      issuer: issuer.url,
      authorization_endpoint: `${issuer.url}/authorize`,
      token_endpoint: `${issuer.url}/token`,
      end_session_endpoint: `${issuer.url}/logout`,
    });
  });

  it("lets people choose who they are, and shows their names as text", async () => {
    const answer = await authorize({});
    expect(answer.headers.get("content-security-policy")).to.include("default-src 'none'");
    const page = await answer.text();
    expect(page).to.include("&#60;Eve &#38; co&#62;").and.not.include("<Eve");
    const link = /href="([^"]+login_hint=ann)"/.exec(page)?.[1]?.replaceAll("&#38;", "&");
    const back = sentBack(await fetch(`${issuer.url}${link}`, { redirect: "manual" }));
    expect(back).to.include({ page: PAGE, state: "s1" }).and.have.property("code");
  });

  it("lets people choose who were named by a hint that is nobody here", async () => {
    const page = await (await authorize({ login_hint: "ann@example.com", state: "s&1" })).text();
    const link = /href="([^"]+login_hint=ann)"/.exec(page.replaceAll("&#38;", "&"))?.[1];
    const back = sentBack(await fetch(`${issuer.url}${link}`, { redirect: "manual" }));
    expect(back).to.include({ page: PAGE, state: "s&1" }).and.have.property("code");
    expect(await redeem(back.code)).to.include({ status: 200 });
  });

  it("refuses a parameter that is there twice, by name", async () => {
    const query = `${new URLSearchParams(given(asked))}&login_hint=ann&login_hint=eve`;
    const back = sentBack(await fetch(`${issuer.url}/authorize?${query}`, { redirect: "manual" }));
    expect(back).to.include({ error: "invalid_request", error_description: '"login_hint" is there more than once' });
    const twice = new URLSearchParams(
      given({ grant_type: "authorization_code", code: await codeFor(), redirect_uri: PAGE, client_id: "page" }),
    );
    for (const verifier of [VERIFIER, VERIFIER]) twice.append("code_verifier", verifier);
    const answer = await fetch(`${issuer.url}/token`, { method: "POST", body: twice });
    expect([answer.status, await answer.json()]).to.deep.equal([
      400,
      { error: "invalid_request", error_description: '"code_verifier" is there more than once' },
    ]);
  });

  it("answers a form that cannot be read as OAuth does, and prints nothing", async () => {
    const printed: unknown[] = [];
    const { error: print } = console;
    console.error = (...what) => printed.push(...what);
    try {
      const form = "application/x-www-form-urlencoded";
      for (const [status, type, body] of [
        [415, `${form}; charset=foo`, "user=ann"],
        [413, form, `user=${"x".repeat(200_000)}`],
      ] as const) {
        const answer = await fetch(`${issuer.url}/token`, { method: "POST", headers: { "content-type": type }, body });
        expect(answer.status).to.equal(status);
        const { error, error_description: what } = (await answer.json()) as Record<string, string>;
        expect(error).to.equal("invalid_request");
        expect(what).to.be.a("string").and.not.match(/\n|\//);
      }
    } finally {
      console.error = print;
    }
    expect(printed).to.deep.equal([]);
  });

  it("gives tokens for a code: an ID token with the nonce, an access token with the scope, and a refresh token", async () => {
    const tokens = await redeem(await codeFor());
    expect(tokens).to.include({ status: 200, token_type: "Bearer", expires_in: 60 });
    expect(claimsOf(tokens.id_token)).to.deep.include({ sub: "ann", name: "Ann", aud: "page", nonce: "n1" });
    expect(claimsOf(tokens.access_token))
      .to.include({ sub: "ann", scope: "openid profile" })
      .and.not.have.property("nonce");
  });

  it("gives them once, and to nobody who knows not all of it", async () => {
    const code = await codeFor();
    await redeem(code);
    expect(await redeem(code)).to.include({ status: 400, error: "invalid_grant" });
    for (const change of [
      { code_verifier: `${VERIFIER}!` },
      { code_verifier: undefined },
      { redirect_uri: `${PAGE}other` },
      { client_id: "other" },
      { code: "guessed" },
    ])
      expect(await redeem(await codeFor(), change), JSON.stringify(change)).to.include({ error: "invalid_grant" });
  });

  it("takes each refresh token once, and gives another with the new tokens", async () => {
    const { refresh_token: first } = await redeem(await codeFor());
    const refresh = (token: unknown, client_id = "page") =>
      ask({ grant_type: "refresh_token", refresh_token: String(token), client_id });
    expect(await refresh(first, "other")).to.include({ error: "invalid_grant" });
    const { refresh_token: second, id_token } = await refresh(first);
    expect(claimsOf(id_token)).to.include({ sub: "ann" });
    expect(await refresh(first)).to.include({ error: "invalid_grant" });
    expect(await refresh(second)).to.include({ status: 200 });
  });

  it("tells the page what was wrong with a request", async () => {
    for (const [change, fault] of [
      [{ response_type: "token" }, /response_type/],
      [{ scope: "profile" }, /openid/],
      [{ code_challenge: undefined }, /code_challenge/],
      [{ code_challenge_method: "plain" }, /S256/],
    ] as const) {
      const back = sentBack(await authorize({ login_hint: "ann", ...change }));
      expect(back).to.include({ page: PAGE, state: "s1", error: "invalid_request" });
      expect(back.error_description).to.match(fault);
    }
    expect(sentBack(await authorize({ prompt: "none" }))).to.include({ error: "login_required" });
  });

  it("sends nobody to a page that is not on this machine, nor for a client it does not know", async () => {
    for (const change of [
      { redirect_uri: "https://evil.test/" },
      { redirect_uri: "http://127.0.0.1.evil.test/" },
      { redirect_uri: "javascript:alert(1)" },
      { redirect_uri: undefined },
      { client_id: '"><script>' },
    ]) {
      const answer = await authorize({ login_hint: "ann", ...change });
      expect([answer.status, answer.headers.get("location")]).to.deep.equal([400, null]);
      expect(await answer.text()).not.to.include("<script>");
    }
  });

  it("lets people go back after signing out, to a page on this machine", async () => {
    const leave = (target: string) =>
      fetch(`${issuer.url}/logout?post_logout_redirect_uri=${encodeURIComponent(target)}`, { redirect: "manual" });
    expect((await leave(PAGE)).headers.get("location")).to.equal(PAGE);
    expect((await leave("https://evil.test")).status).to.equal(400);
  });

  it("gives a token for a name to who tries things out in a terminal", async () => {
    expect(claimsOf((await ask({ user: "ann", expires_in: "90" })).id_token)).to.include({ sub: "ann" });
    expect(await ask({ user: "bob" })).to.include({ status: 400, error: "invalid_grant" });
    expect(await ask({ user: "ann", expires_in: "-1" })).to.include({ error: "invalid_request" });
    expect(await ask({ grant_type: "password", user: "ann" })).to.include({ error: "unsupported_grant_type" });
  });
});
