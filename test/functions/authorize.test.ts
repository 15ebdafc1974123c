// The authorizer: which handshakes it lets in, where it looks for a token, and what it makes of the claims.
import { expect } from "chai";
import { identityIn } from "#functions/runtime/identity-context.ts";
import { ARN, AUDIENCE, effectOf, handshake, now, TriedAuthorizer } from "./tried-authorizer.ts";

describe("the authorizer", () => {
  let tried: TriedAuthorizer;
  before(async () => {
    tried = await TriedAuthorizer.start();
  });
  after(() => tried.issuer.close());
  afterEach("no token reaches a log", () => tried.expectNoTokenLogged());

  it("lets a good token in, on this API only, and says who it is and until when", async () => {
    const exp = now() + 600;
    const token = tried.issuer.sign({ sub: "ann", name: "Ann", rooms: ["team-red"], exp });
    expect(await tried.authorizer()(tried.withToken(token))).to.deep.equal({
      principalId: "ann",
      policyDocument: {
        Version: "2012-10-17",
        Statement: [{ Action: "execute-api:Invoke", Effect: "Allow", Resource: ARN }],
      },
      context: { userId: "ann", name: "Ann", rooms: '["team-red"]', expiresAt: String((exp + 30) * 1000) },
    });
  });

  it("says it in a form that the other functions read", async () => {
    const { context } = await tried.authorizer()(tried.withToken(tried.issuer.tokenFor("ann")));
    expect(identityIn(context)).to.include({ userId: "ann", name: "Ann" });
    expect(identityIn(context)?.rooms).to.deep.equal(["team-red"]);
    for (const none of [undefined, {}, { principalId: "ann" }, { userId: "ann" }, { userId: "ann", expiresAt: "soon" }])
      expect(identityIn(none)).to.equal(undefined);
  });

  describe("finds the token", () => {
    const none = "There is no token, neither behind the protocol bearer nor in the query.";

    it("behind the protocol bearer, wherever that stands and however the header is written", async () => {
      const token = tried.issuer.tokenFor("ann");
      for (const headers of [
        { "Sec-WebSocket-Protocol": `bearer, ${token}` },
        { "sec-websocket-protocol": `bearer,${token}` },
        { "SEC-WEBSOCKET-PROTOCOL": `chat.v2 ,\tbearer ,  ${token}  , other` },
      ])
        expect(effectOf(await tried.authorizer()(tried.withHeaders(headers)))).to.equal("Allow");
    });

    it("nowhere else among the protocols", async () => {
      const token = tried.issuer.tokenFor("ann");
      for (const protocols of [
        ["bearer"],
        ["chat.v2"],
        [""],
        [token],
        [token, "bearer"],
        ["Bearer", token],
        ["bearer", "", token],
      ])
        expect(await tried.refusal(tried.withProtocols(...protocols)), protocols[0]).to.equal(none);
      expect(await tried.refusal(tried.withProtocols("bearer", "bearer", token))).to.equal("This is no token.");
    });

    it("in the query, when the protocols have none", async () => {
      const token = tried.issuer.tokenFor("ann");
      const event = handshake({ queryStringParameters: { token, userId: "bob" } });
      expect(await tried.authorizer()(event)).to.include({ principalId: "ann" });
      const both = { ...tried.withToken("no.good.token"), queryStringParameters: { token } };
      expect(await tried.refusal(both), "the protocols win").to.equal("This is no token.");
    });

    it("not in other headers, which a browser cannot set and a proxy may add", async () => {
      const token = tried.issuer.tokenFor("ann");
      for (const name of ["Authorization", "authorization", "Cookie", "X-Amzn-Oidc-Data", "Sec-WebSocket-Key"])
        expect(await tried.refusal(tried.withHeaders({ [name]: `Bearer ${token}` })), name).to.equal(none);
    });

    it("or says that there is none", async () => {
      expect(await tried.refusal(handshake({}))).to.equal(none);
      expect(await tried.refusal(handshake({ queryStringParameters: { token: "" } }))).to.equal(none);
    });
  });

  it("allows the clock skew that is stated, and no more", async () => {
    const expired = () => tried.withToken(tried.issuer.sign({ sub: "ann", exp: now() - 60 }));
    const early = () => tried.withToken(tried.issuer.sign({ sub: "ann", nbf: now() + 60 }));
    const strict = tried.authorizer({ clockSkewSeconds: 0 });
    expect(await tried.refusal(expired(), strict)).to.equal("The token has expired.");
    expect(await tried.refusal(early(), strict)).to.equal("The token is not valid yet.");
    for (const event of [expired(), early()])
      expect(effectOf(await tried.authorizer({ clockSkewSeconds: 120 })(event))).to.equal("Allow");
  });

  describe("takes from the claims", () => {
    it("user id, name and rooms, as is stated", async () => {
      const groups = { "cognito:groups": "team-red news" };
      const token = tried.issuer.sign({ sub: "1", email: "ann@chat.test", nick: "Annie", ...groups });
      const claims = { userIdClaim: "email", nameClaim: "nick", roomsClaim: "cognito:groups" };
      const { context } = await tried.authorizer(claims)(tried.withToken(token));
      expect(context).to.include({ userId: "ann@chat.test", name: "Annie", rooms: '["team-red","news"]' });
      const without = tried.authorizer({ nameClaim: undefined, roomsClaim: undefined });
      expect((await without(tried.withToken(token))).context).to.have.all.keys("userId", "expiresAt");
    });

    it("no name that cannot be one, and no rooms that are none", async () => {
      const token = tried.issuer.sign({ sub: "ann", name: " ", rooms: [1, "tea", null] });
      const { context } = await tried.authorizer()(tried.withToken(token));
      expect(context).to.include({ userId: "ann", rooms: '["tea"]' }).and.not.have.property("name");
    });

    it("as rooms only what begins with the prefix: groups and scopes of other apps are none", async () => {
      const roomsOf = async (change: object, claims: object) => {
        const token = tried.issuer.sign({ sub: "ann", ...claims });
        return (await tried.authorizer(change)(tried.withToken(token))).context?.rooms;
      };
      const groups = { groups: ["chat:team-red", "chat:", "admins", "chat:ops-*"] };
      expect(await roomsOf({ roomsClaim: "groups", roomsPrefix: "chat:" }, groups)).to.equal('["team-red","ops-*"]');
      const scope = { scope: "openid rooms/news email" };
      expect(await roomsOf({ roomsClaim: "scope", roomsPrefix: "rooms/" }, scope)).to.equal('["news"]');
    });

    it("no more rooms than can be handed on, and says so", async () => {
      const rooms = Array.from({ length: 1_200 }, () => "a");
      const event = tried.withToken(tried.issuer.sign({ sub: "ann", rooms }));
      expect(await tried.refusal(event)).to.equal(
        'The token\'s claim "rooms" names more rooms than can be kept: name a prefix.',
      );
    });
  });

  describe("wants the kind of token that is stated", () => {
    const cognito = { sub: "ann", aud: undefined, client_id: AUDIENCE, token_use: "access", scope: "openid chat/talk" };
    const wrongUse = (use: string) =>
      `The token is none of those that are asked for: its "token_use" is not ${JSON.stringify(use)}.`;

    it("ID tokens, and no access tokens of Cognito", async () => {
      const id = tried.issuer.sign({ sub: "ann", token_use: "id" });
      expect(effectOf(await tried.authorizer()(tried.withToken(id)))).to.equal("Allow");
      expect(await tried.refusal(tried.withToken(tried.issuer.sign(cognito)))).to.equal(wrongUse("id"));
    });

    it("ID tokens, and no access tokens that say so in their header", async () => {
      for (const typ of ["at+jwt", "application/at+jwt", "AT+JWT"]) {
        const access = () => tried.withToken(tried.issuer.sign({ sub: "ann" }, typ));
        expect(await tried.refusal(access())).to.equal("The token is an access token; ID tokens are asked for.");
        expect(effectOf(await tried.authorizer({ tokenUse: "access" })(access()))).to.equal("Allow");
      }
    });

    it("access tokens: Cognito's name the app in client_id, others' the API in aud", async () => {
      const ask = tried.authorizer({ tokenUse: "access" });
      for (const claims of [cognito, { sub: "ann", aud: ["other", AUDIENCE], client_id: "page" }])
        expect(effectOf(await ask(tried.withToken(tried.issuer.sign(claims))))).to.equal("Allow");
      const id = tried.issuer.sign({ sub: "ann", token_use: "id" });
      expect(await tried.refusal(tried.withToken(id), ask)).to.equal(wrongUse("access"));
    });

    it("for this audience: client_id counts where Cognito says what the token is, and there is no aud", async () => {
      const ask = tried.authorizer({ tokenUse: "access" });
      for (const change of [{ client_id: "other" }, { token_use: undefined }, { aud: "other" }]) {
        const token = tried.issuer.sign({ ...cognito, ...change });
        expect(await tried.refusal(tried.withToken(token), ask)).to.equal("The token is for another audience.");
      }
    });

    it("with all scopes that are stated, as issuers write them", async () => {
      const ask = tried.authorizer({ scopes: ["chat/talk", "openid"] });
      for (const claims of [
        { scope: "openid chat/talk" },
        { scp: ["chat/talk", "openid"] },
        { scp: "openid chat/talk" },
      ])
        expect(effectOf(await ask(tried.withToken(tried.issuer.sign({ sub: "ann", ...claims }))))).to.equal("Allow");
      for (const claims of [{}, { scope: "openid" }, { scope: "openid chat/talker" }]) {
        const event = tried.withToken(tried.issuer.sign({ sub: "ann", ...claims }));
        expect(await tried.refusal(event, ask)).to.match(/^The token has not the scope "(chat\/talk|openid)"\.$/);
      }
    });
  });
});
