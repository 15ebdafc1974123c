import { expect } from "chai";
import { exampleValues } from "#infra/stage-file/example-values.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { problemsOf, StageFolder } from "./stage-folder.ts";

const JWT = { mode: "jwt", issuer: "https://login.chat.test", audience: "chat" };
const withAuthorizer = { functions: { authorize: {} } };

function refused(change: object): string[] {
  return problemsOf(new StageFolder().stage(change)).map(({ pointer, expected }) => `${pointer} ${expected}`);
}

describe("auth in a stage file", () => {
  it("is none unless it says so, and then complete with its defaults", () => {
    expect(loadStage(new StageFolder().stage({})).auth.mode).to.equal("none");
    expect(loadStage(new StageFolder().stage({ auth: JWT, ...withAuthorizer })).auth).to.deep.equal({
      ...JWT,
      function: "authorize",
      tokenUse: "id",
      scopes: [],
      clockSkewSeconds: 30,
      userIdClaim: "sub",
      origins: [],
    });
  });

  it("needs to know whose tokens, and for whom", () => {
    expect(refused({ auth: { mode: "jwt" }, ...withAuthorizer })).to.deep.equal([
      '/auth "issuer": without it no token can be told from a false one',
      '/auth "audience": without it no token can be told from a false one',
    ]);
  });

  it("makes a user pool, and then takes no other issuer", () => {
    expect(refused({ auth: { mode: "jwt", create: "cognito" }, ...withAuthorizer })).to.deep.equal([]);
    expect(refused({ auth: { ...JWT, create: "cognito" }, ...withAuthorizer })).to.deep.equal([
      '/auth/issuer none beside "create": the user pool that is made decides it',
      '/auth/audience none beside "create": the user pool that is made decides it',
    ]);
  });

  it("needs a function that checks tokens", () => {
    expect(refused({ auth: JWT })).to.deep.equal(['/auth a key of "functions": {"authorize": {}} there is enough']);
    const own = { auth: { ...JWT, function: "door" }, functions: { door: { bundle: "authorize" } } };
    expect(refused(own)).to.deep.equal([]);
  });

  it("needs the route that asks for them: without it API Gateway lets everybody in", () => {
    expect(refused({ auth: JWT, ...withAuthorizer, routes: { $connect: null } })).to.deep.equal([
      "/auth one: only there API Gateway asks for tokens",
    ]);
  });

  it("takes keys and tokens over https, and over http from this machine only", () => {
    for (const issuer of ["http://login.chat.test", "ftp://x", "login.chat.test", "http://127.0.0.1.evil.test/"])
      expect(refused({ auth: { ...JWT, issuer }, ...withAuthorizer }), issuer).to.deep.equal([
        "/auth/issuer an https URL; http only of this machine",
      ]);
    for (const issuer of ["http://127.0.0.1:9000", "http://localhost/realms/a", "https://login.chat.test/realms/a"])
      expect(refused({ auth: { ...JWT, issuer }, ...withAuthorizer }), issuer).to.deep.equal([]);
  });

  it("wants scopes as tokens have them, and a claim for a prefix", () => {
    expect(refused({ auth: { ...JWT, scopes: ["chat/write", "a b", '"'] }, ...withAuthorizer })).to.have.length(2);
    expect(refused({ auth: { ...JWT, roomsPrefix: "chat:" }, ...withAuthorizer })).to.deep.equal([
      '/auth/roomsPrefix a "roomsClaim" beside it: the claim whose texts begin so',
    ]);
  });

  it("wants origins, not addresses", () => {
    const origins = [
      "https://chat.test/",
      "chat.test",
      "*",
      "https://Chat.test",
      "https://c.test:443",
      "http://c.test:80",
    ];
    expect(refused({ auth: { ...JWT, origins }, ...withAuthorizer })).to.have.length(origins.length);
    const right = ["https://chat.test", "https://c.test:8443", "http://127.0.0.1:8080", "https://c.test:80"];
    expect(refused({ auth: { ...JWT, origins: right }, ...withAuthorizer })).to.deep.equal([]);
  });

  it("writes no tokens to a log", () => {
    const logs = { level: "INFO", dataTrace: true };
    expect(refused({ auth: JWT, ...withAuthorizer, logs })).to.deep.equal([
      "/logs/dataTrace false with tokens: it would write them to the log",
    ]);
  });

  it("cannot be switched off by a function's own variables", () => {
    const environment = { AUTH_MODE: "none", ROOM_RULES: "{}" };
    expect(refused({ auth: JWT, functions: { authorize: {}, message: { environment } } })).to.deep.equal([
      "/functions/message/environment/AUTH_MODE another name: the stack sets AUTH_MODE itself",
      "/functions/message/environment/ROOM_RULES another name: the stack sets ROOM_RULES itself",
    ]);
  });

  it("is still an example where its issuer is", () => {
    const auth = { ...JWT, issuer: "https://login.example.com/realms/a" };
    expect(exampleValues(loadStage(new StageFolder().stage({ auth, ...withAuthorizer })))).to.deep.equal([
      "/auth/issuer",
    ]);
  });
});

describe("rooms in a stage file", () => {
  const rooms = { "team-*": "members", news: "read-only", tea: "public" };

  it("need tokens that say who is a member", () => {
    const expected = 'public, or "auth" with a "roomsClaim" that says who is a member';
    const both = [`/rooms/team-* ${expected}`, `/rooms/news ${expected}`];
    expect(refused({ rooms })).to.deep.equal(both);
    expect(refused({ rooms, auth: JWT, ...withAuthorizer })).to.deep.equal(both);
    expect(refused({ rooms, auth: { ...JWT, roomsClaim: "rooms" }, ...withAuthorizer })).to.deep.equal([]);
  });

  it("are names, or how names begin", () => {
    expect(refused({ rooms: { "a*b": "public" } })).to.have.length(1);
    expect(refused({ rooms: { "*": "public", "": "public" } })).to.have.length(1);
    expect(refused({ rooms: { tea: "secret" } })[0]).to.match(/^\/rooms\/tea /);
  });
});
