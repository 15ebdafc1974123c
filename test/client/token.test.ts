// Tokens of an app: how they are shown, when the app is asked for another, and what happens when the server will not have them.
import { expect } from "chai";
import { WebSocket } from "ws";
import { type ConnectOptions, connect } from "#client/connect.ts";
import { RECONNECT } from "#client/reconnect.ts";
import { SUCCESSION } from "#client/succession.ts";
import { SignInNeeded, type TokenWanted } from "#client/tokens.ts";
import { ChatError } from "#protocol/errors.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

/** As browsers are: it does not say why a handshake failed. */
class Silent extends WebSocket {
  override addEventListener(type: string, listener: never): void {
    if (type !== "error") super.addEventListener(type as "close", listener);
    else super.on("error", () => undefined);
  }
}

describe("client token", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  let wanted: TokenWanted[];
  let count: number;
  const said: string[] = [];

  beforeEach(async () => {
    server = await ProtocolServer.start();
    wanted = [];
    count = 0;
  });
  afterEach(async () => {
    said.push(JSON.stringify(ann.states.unread), ...ann.problems.unread.map(({ message }) => message));
    ann.client.close();
    await server.close();
    expect(ann.timers.waiting, "timers left running").to.equal(0);
    expect(said.join("\n"), "tokens in words").not.to.match(/token-\d|hush/);
  });

  const open = (token: ConnectOptions["token"] = numbered): TestClient => {
    ann = testClient({ url: server.url, name: "Ann", ...(token !== undefined && { token }) });
    return ann;
  };
  /** Another one each time, as an issuer makes them. */
  const numbered = (how: TokenWanted): string => {
    wanted.push(how);
    count += 1;
    return `token-${count}`;
  };
  const closed = async () => {
    const state = await ann.state("closed");
    if (state.status !== "closed") throw new Error("unreachable");
    said.push(state.why.words);
    return state;
  };

  it("is shown as a protocol, and is not in the address", async () => {
    open("hush-hush");
    const connection = await server.connected.next();
    expect(connection.token).to.equal("hush-hush");
    expect(connection.url.href).not.to.include("hush");
    expect(connection.socket.protocol).to.equal("bearer");
  });

  it("is not offered by those who have none", async () => {
    ann = testClient({ url: server.url });
    expect((await server.connected.next()).socket.protocol).to.equal("");
  });

  it("is asked for anew for each connection, and may take its time", async () => {
    open(async (how) => {
      await Promise.resolve();
      return numbered(how);
    });
    expect((await server.connected.next()).token).to.equal("token-1");
    await ann.state("open");
    server.dropAll();
    await ann.retry();
    expect((await server.connected.next()).token).to.equal("token-2");
    await ann.state("open");
    expect(wanted).to.deep.equal([{ fresh: false }, { fresh: false }]);
  });

  it("is asked for anew when the connection is replaced in time", async () => {
    open();
    await ann.state("open");
    await server.connected.next();
    for (let passed = 0; passed < SUCCESSION.lastMs; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(60_000);
      if (count === 2) break;
    }
    expect((await server.connected.next()).token).to.equal("token-2");
  });

  it("is waited for without a connection; closing ends that", async () => {
    let give: (token: string) => void = () => undefined;
    open(() => new Promise((resolve) => (give = resolve)));
    expect(ann.client.state.status).to.equal("connecting");
    ann.client.close();
    give("token-9");
    await Promise.resolve();
    expect(ann.client.state.status).to.equal("closed");
    expect(server.connections.size).to.equal(0);
  });

  describe("that is refused", () => {
    it("is not shown again: a fixed one ends the attempts", async () => {
      server.refuses = () => true;
      open("hush-hush");
      const { why, retryInMs } = await closed();
      expect(why).to.deep.equal({
        code: 1006,
        words: "The server refused the token. (Unexpected server response: 403)",
        refused: "surely",
        neverOpened: true,
        final: true,
      });
      expect(retryInMs).to.equal(undefined);
      ann.timers.advance(3_600_000);
      expect(ann.states.unread).to.deep.equal([]);
    });

    it("is tried once more when the person says so", async () => {
      server.refuses = () => true;
      open("hush-hush");
      await closed();
      server.refuses = () => false;
      ann.client.open();
      await ann.state("open");
    });

    it("has the app asked for a fresh one, after the usual delay", async () => {
      server.refuses = (token) => token === "token-1";
      open();
      expect((await closed()).retryInMs).to.equal(RECONNECT.firstMs / 2);
      ann.timers.advance(RECONNECT.firstMs / 2);
      await ann.state("open");
      expect(wanted).to.deep.equal([{ fresh: false }, { fresh: true }]);
    });

    it("ends the attempts when the app has no other", async () => {
      server.refuses = () => true;
      let handshakes = 0;
      server.refuses = () => {
        handshakes += 1;
        return true;
      };
      open(() => "hush-hush");
      await closed();
      ann.timers.advance(RECONNECT.mostMs);
      const { why, retryInMs } = await closed();
      expect(why.words).to.equal("The server refused this token, and there is no other.");
      expect([retryInMs, handshakes]).to.deep.equal([undefined, 1]);
    });

    it("three times in a row ends the attempts, however fresh the tokens are", async () => {
      server.refuses = () => true;
      open();
      for (let attempt = 1; attempt < 3; attempt += 1) ann.timers.advance((await closed()).retryInMs ?? 0);
      expect((await closed()).retryInMs).to.equal(undefined);
      expect(count).to.equal(3);
    });

    it("cannot be told from a server that is away where the runtime says nothing of it: it is tried again, ever later", async () => {
      server.refuses = () => true;
      ann = testClient({ url: server.url, token: "hush-hush", webSocket: Silent as never });
      const delays: (number | undefined)[] = [];
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const { why, retryInMs } = await closed();
        expect(why).to.deep.equal({
          code: 1006,
          words: "The server cannot be reached, or refused the token.",
          refused: "perhaps",
          neverOpened: true,
        });
        delays.push(retryInMs);
        ann.timers.advance(retryInMs ?? 0);
      }
      expect(delays).to.deep.equal([250, 500, 1000]);
    });

    it("perhaps has the app asked for a fresh one at once, and ever less often", async () => {
      server.refuses = () => true;
      ann = testClient({ url: server.url, token: numbered, webSocket: Silent as never });
      for (let attempt = 0; attempt < 9; attempt += 1) ann.timers.advance((await closed()).retryInMs ?? 0);
      await closed();
      const fresh = wanted.flatMap((how, failures) => (how.fresh ? [failures] : []));
      expect([wanted.length, fresh]).to.deep.equal([10, [1, 2, 4, 8]]);
    });
  });

  describe("that cannot be had", () => {
    it("is asked for again later", async () => {
      let fails = true;
      open((how) => {
        if (fails) throw new Error("the issuer is away; hush");
        return numbered(how);
      });
      const { why, retryInMs } = await closed();
      expect(why).to.deep.equal({ code: 1006, words: "No token could be had." });
      fails = false;
      ann.timers.advance(retryInMs ?? 0);
      await ann.state("open");
    });

    it("until somebody signs in, stops the client, and what was asked of it", async () => {
      open(() => Promise.reject(new SignInNeeded()));
      const asked = ann.client.ping().catch((error: Error) => error.message);
      expect(await closed()).to.deep.equal({
        status: "closed",
        why: { code: 1008, words: "Sign in first.", refused: "surely", final: true },
      });
      expect(await asked).to.equal("Sign in first.");
    });

    for (const [what, token] of [
      ["nothing", ""],
      ["what no protocol can be", "hush, hush"],
      ["an object", { token: "hush" } as never],
      ["what is too long", `hush${"x".repeat(8192)}`],
    ] as const) {
      it(`because it is ${what}, says so without it`, async () => {
        open(() => token);
        const { why, retryInMs } = await closed();
        expect(why.words).to.match(/^What was given as token is none|^The token has 8196 characters/);
        expect(retryInMs).to.equal(undefined);
      });
    }
  });

  it("that has ended leads to a new connection, and what was asked is asked there", async () => {
    server.lifetimeSeconds = 3600;
    open();
    await ann.state("open");
    server.intercept = (received) => {
      if (received.request.action !== "ping") return "pass";
      server.intercept = () => "pass";
      server.refuse(received, new ChatError("unauthenticated", "The identity of this connection has expired."));
      received.connection.socket.close(1000);
      return "handled";
    };
    const answer = ann.client.ping();
    const { why, retryInMs } = await closed();
    expect(why).to.deep.include({ words: "The identity of this connection has expired.", refused: "surely" });
    ann.timers.advance(retryInMs ?? 0);
    expect((await answer).type).to.equal("ack");
    expect(wanted).to.deep.equal([{ fresh: false }, { fresh: true }]);
  });

  it("is not what a client without one waits for: who asked is told", async () => {
    ann = testClient({ url: server.url });
    await ann.state("open");
    server.intercept = (received) => {
      server.refuse(received, new ChatError("unauthenticated", "This connection has shown no token."));
      return "handled";
    };
    const error = await ann.client.ping().catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "unauthenticated" });
  });

  it("is not logged, whatever happens to it", async () => {
    const written: unknown[] = [];
    const { log, info, warn, error, debug } = console;
    Object.assign(
      console,
      Object.fromEntries(
        ["log", "info", "warn", "error", "debug"].map((name) => [name, (...all: unknown[]) => written.push(all)]),
      ),
    );
    try {
      server.refuses = () => true;
      open("hush-hush");
      await closed();
    } finally {
      Object.assign(console, { log, info, warn, error, debug });
    }
    expect(written).to.deep.equal([]);
    expect(() => connect({ url: "no url", token: "hush-hush" })).to.throw(/^(?!.*hush)/);
  });
});
