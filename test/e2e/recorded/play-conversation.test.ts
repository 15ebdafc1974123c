// The player itself: a conversation that goes differently must not pass.
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import type { Step } from "./conversation.ts";
import { difference } from "./match-frame.ts";
import { playConversation } from "./play-conversation.ts";

describe("the player of recorded conversations", () => {
  let server: WebSocketServer;
  /** What the server says to a frame; a ping it answers as the product does. */
  let says: readonly unknown[] = [];

  before(async () => {
    server = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== "/no",
    });
    server.on("connection", (socket) => {
      socket.on("message", (data) => {
        const { action, requestId } = JSON.parse(data.toString());
        const pong = { type: "ack", action, at: new Date().toISOString(), requestId };
        const answers = action === "ping" ? [pong] : says;
        for (const answer of answers) socket.send(typeof answer === "string" ? answer : JSON.stringify(answer));
      });
    });
    await once(server, "listening");
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  async function failureOf(steps: readonly Step[]): Promise<string> {
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await playConversation({ name: "test", about: "", steps }, url, { patienceMs: 300 });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }
  const asks = (...gets: unknown[]): readonly Step[] => [
    { who: "ann", opens: "" },
    { who: "ann", sends: { action: "ask" } },
    ...(gets.length > 0 ? [{ who: "ann", gets } as const] : []),
  ];

  it("passes when every frame comes", async () => {
    says = [{ a: 1 }, { b: "x" }];
    expect(await failureOf(asks({ a: 1 }, { b: "<id>" }))).to.equal("");
  });

  it("fails when a frame is missing, and says at which step", async () => {
    says = [{ a: 1 }];
    expect(await failureOf(asks({ a: 1 }, { b: 2 }))).to.match(/step 3, .*within 300 ms no frame like \{"b":2\}/);
  });

  it("fails when a frame is different", async () => {
    says = [{ a: 1, c: 3 }];
    expect(await failureOf(asks({ a: 2, c: 3 }))).to.match(/frame\.a is 1; expected was 2/);
    expect(await failureOf(asks({ a: 1 }))).to.match(/frame\.c is 3; it was not expected at all/);
    expect(await failureOf(asks({ a: 1, c: 3, d: 4 }))).to.match(/frame\.d is missing; expected was 4/);
  });

  it("fails when a frame comes that nobody expects", async () => {
    says = [{ a: 1 }, { a: 1 }];
    expect(await failureOf(asks({ a: 1 }))).to.match(/at the end, ann: nobody expected \{"a":1\}/);
    const closes = [...asks(), { who: "ann", closes: true }] as const;
    expect(await failureOf(closes)).to.match(/step 3, .*nobody expected \{"a":1\}/);
  });

  it("fails when a frame is not JSON", async () => {
    says = ["plain words"];
    expect(await failureOf(asks({ a: 1 }))).to.match(/a frame that is not JSON: "plain words"/);
  });

  it("fails when a handshake goes differently", async () => {
    expect(await failureOf([{ who: "ann", opens: "/no", isRefused: 400 }])).to.match(/refused with 401/);
    expect(await failureOf([{ who: "ann", opens: "", isRefused: 400 }])).to.match(/was opened/);
    expect(await failureOf([{ who: "ann", opens: "/no" }])).to.match(/Unexpected server response: 401/);
  });
});

describe("a placeholder", () => {
  const of = (expected: unknown, actual: unknown, known: Record<string, string> = {}) =>
    difference(expected, actual, new Map(Object.entries(known)));

  it("stands for what varies", () => {
    expect(of({ id: "<id>", at: "<time>" }, { id: "x=", at: new Date().toISOString() })).to.equal(undefined);
    expect(of(["<millis>"], [Date.now()])).to.equal(undefined);
    expect(of("<id>: hi", "ann: hi")).to.equal(undefined);
  });

  it("is no text, time or id that cannot be", () => {
    expect(of("<id>", "")).to.match(/frame is ""/);
    expect(of("<id>", "two words")).to.match(/two words/);
    expect(of("<id>", 5)).to.match(/frame is 5/);
    expect(of("<time>", "2001-01-01T00:00:00.000Z")).to.match(/2001/);
    expect(of("<millis>", 1)).to.match(/frame is 1/);
    expect(of("<id>: hi", "ann: hi there")).to.match(/hi there/);
  });

  it("with a name is the same everywhere", () => {
    expect(of({ a: "<id:ann>", b: "<id:ann>" }, { a: "1", b: "1" })).to.equal(undefined);
    expect(of({ a: "<id:ann>", b: "<id:ann>" }, { a: "1", b: "2" })).to.match(/frame\.b is "2"; expected was "1"/);
    expect(of("<id:ann>: hi", "bob: hi", { ann: "ann" })).to.match(/expected was "ann: hi"/);
  });
});
