// The identity of an open connection, renewed before it ends – and what happens when it cannot be.
import { expect } from "chai";
import type { ConnectOptions } from "#client/connect.ts";
import { secondsLeft } from "#client/token-expiry.ts";
import { TOKEN_REFRESH } from "#client/token-refresh.ts";
import { ChatError } from "#protocol/errors.ts";
import { type Connection, ProtocolServer } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

const HOUR = 3600;
const LEAD_MS = TOKEN_REFRESH.leadMs;

describe("client token refresh", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  let first: Connection;
  let count: number;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    server.lifetimeSeconds = HOUR;
    count = 0;
  });
  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  const numbered = () => {
    count += 1;
    return `token-${count}`;
  };
  const open = async (token: NonNullable<ConnectOptions["token"]> = numbered) => {
    ann = testClient({ url: server.url, token });
    await ann.state("open");
    first = await server.connected.next();
  };
  /** In steps, so that the connection does not seem dead. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 60_000) {
      await ann.client.ping();
      ann.timers.advance(Math.min(60_000, ms - passed));
    }
  };
  const closed = async () => {
    const state = await ann.state("closed");
    if (state.status !== "closed") throw new Error("unreachable");
    return state;
  };
  const refuse = (code: "unauthenticated" | "unavailable" | "not_allowed", times = Number.POSITIVE_INFINITY) => {
    let left = times;
    server.intercept = (received) => {
      if (received.request.action !== "refresh" || left === 0) return "pass";
      left -= 1;
      server.refuse(received, new ChatError(code, "No."));
      return "handled";
    };
  };
  const tokenOf = async () => {
    const { request } = await server.next("refresh");
    return request.action === "refresh" ? request.token : "";
  };

  it("shows a new token on the open connection, a little before the server's time is up, again and again", async () => {
    server.lifetimeSeconds = HOUR / 2;
    await open();
    await pass((HOUR / 2) * 1000 - LEAD_MS - 1);
    expect(count).to.equal(1);
    ann.timers.advance(1);
    expect(await tokenOf()).to.equal("token-2");
    await pass((HOUR / 2) * 1000 - LEAD_MS);
    expect(await tokenOf()).to.equal("token-3");
    expect([...server.connections]).to.deep.equal([first]);
    expect(ann.states.unread).to.deep.equal([]);
    expect(ann.problems.unread).to.deep.equal([]);
  });

  it("takes a quarter of what does not last long", async () => {
    server.lifetimeSeconds = 60;
    await open();
    await pass(45_000);
    expect(await tokenOf()).to.equal("token-2");
  });

  it("has nothing to do where the server asks for no tokens, or for those that outlast the connection", async () => {
    for (const lifetime of [undefined, 30 * 24 * HOUR]) {
      server.lifetimeSeconds = lifetime;
      await open();
      await pass(90 * 60_000);
      expect(count).to.equal(1);
      count = 0;
      ann.client.close();
    }
  });

  it("goes by the token itself where the server does not say how long it lasts", async () => {
    server.lifetimeSeconds = undefined;
    const iat = Date.UTC(2026, 0, 1) / 1000;
    await open(() => {
      count += 1;
      return jwt({ iat, exp: iat + 60, jti: count });
    });
    await pass(45_000);
    expect(await tokenOf()).to.equal(jwt({ iat, exp: iat + 60, jti: 2 }));
  });

  it("is tried again, with yet another token, when one is refused, and says so", async () => {
    refuse("unauthenticated", 1);
    await open();
    await pass(HOUR * 1000 - LEAD_MS);
    expect(await tokenOf()).to.equal("token-2");
    const problem = await ann.problems.next();
    expect(problem).to.include({
      code: "unauthenticated",
      retryable: false,
      message: "The new token was refused: No.",
    });
    await ann.timers.delays.find((ms) => ms === 500);
    ann.timers.advance(500);
    expect(await tokenOf()).to.equal("token-3");
  });

  it("is tried again without a word when the server is busy", async () => {
    refuse("unavailable", 1);
    await open();
    await pass(HOUR * 1000 - LEAD_MS);
    await tokenOf();
    await ann.timers.delays.find((ms) => ms === 500);
    ann.timers.advance(500);
    expect(await tokenOf()).to.equal("token-3");
    expect(ann.problems.unread).to.deep.equal([]);
  });

  it("stops for good where there is nothing to refresh", async () => {
    refuse("not_allowed");
    await open();
    await pass(HOUR * 1000 - LEAD_MS);
    await tokenOf();
    await pass(LEAD_MS + 60_000);
    expect([count, ann.problems.unread, ann.states.unread]).to.deep.equal([2, [], []]);
  });

  it("does not send what was refused, nor what is in use already: it waits for another", async () => {
    let token = "same";
    await open(() => {
      count += 1;
      return token;
    });
    await pass(HOUR * 1000 - LEAD_MS);
    await ann.timers.delays.find((ms) => ms === 500);
    expect(count).to.equal(2);
    expect(server.received.unread.some(({ request }) => request.action === "refresh")).to.equal(false);
    token = "another";
    ann.timers.advance(500);
    expect(await tokenOf()).to.equal("another");
  });

  it("says once that no token can be had, and tries until the end", async () => {
    let fails = false;
    await open(() => {
      if (fails) throw new Error("hush");
      return numbered();
    });
    fails = true;
    await pass(HOUR * 1000 - LEAD_MS);
    const problem = await ann.problems.next();
    expect(problem.message).to.equal("No new token could be had; it is tried again until the old one expires.");
    expect((problem.cause as Error).message).to.equal("hush");
    for (const delay of [500, 1000, 2000]) {
      await ann.timers.delays.find((ms) => ms === delay);
      ann.timers.advance(delay);
    }
    fails = false;
    await ann.timers.delays.find((ms) => ms === 4000);
    ann.timers.advance(4000);
    expect(await tokenOf()).to.equal("token-2");
    expect(ann.problems.unread).to.deep.equal([]);
  });

  it("that did not succeed ends the connection when its time is up, for nothing would be pushed to it any more", async () => {
    server.lifetimeSeconds = 8;
    let fails = false;
    await open(() => {
      if (fails) throw new Error("away");
      return numbered();
    });
    fails = true;
    ann.timers.advance(6_000);
    await ann.problems.next();
    ann.timers.advance(2_000);
    const { why, retryInMs } = await closed();
    expect(why).to.include({ words: "The token has expired, and there was no new one.", refused: "surely" });
    fails = false;
    ann.timers.advance(retryInMs ?? 0);
    await ann.state("open");
    expect((await server.connected.next()).token).to.equal("token-2");
  });

  it("cannot be with a fixed token: that is said in time, and then the client is closed", async () => {
    server.lifetimeSeconds = 8;
    await open("fixed");
    ann.timers.advance(6_000);
    expect((await ann.problems.next()).message).to.equal("The token expires soon, and a fixed one cannot be renewed.");
    ann.timers.advance(2_000);
    const { why, retryInMs } = await closed();
    expect(why).to.include({ words: "The token has expired, and there was no new one.", final: true });
    expect(retryInMs).to.equal(undefined);
  });

  it("begins anew with each connection, and ends with it", async () => {
    await open();
    await pass(30 * 60_000);
    server.dropAll();
    await ann.retry();
    await ann.state("open");
    await pass(HOUR * 1000 - LEAD_MS - 1);
    expect(count).to.equal(2);
    ann.timers.advance(1);
    expect(await tokenOf()).to.equal("token-3");
  });
});

describe("client/token-expiry", () => {
  const now = Date.UTC(2026, 0, 1);
  const at = now / 1000;

  it("is by the claims, however the clocks stand as far as that can be seen", () => {
    expect(secondsLeft(jwt({ exp: at + 60 }), now)).to.equal(60);
    expect(secondsLeft(jwt({ iat: at, exp: at + 60 }), now)).to.equal(60);
    expect(secondsLeft(jwt({ iat: at - 20, exp: at + 40 }), now), "from a cache").to.equal(40);
    expect(secondsLeft(jwt({ iat: at + 3600, exp: at + 3660 }), now), "our clock is behind").to.equal(60);
    expect(secondsLeft(jwt({ iat: at - 3600, exp: at - 3540 }), now), "our clock is ahead").to.equal(undefined);
  });

  it("is not known of what is no JWT or says none", () => {
    for (const token of ["opaque", "a.b.c", jwt({}), jwt({ exp: "soon" }), `x.${btoa("null")}.y`, `x.${btoa("7")}.y`])
      expect(secondsLeft(token, now), token).to.equal(undefined);
  });
});

function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "ES256" })}.${part(claims)}.${part({ ö: "?>~" })}`;
}
