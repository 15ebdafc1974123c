// Frames that are not as the protocol has them: of a defect, of something between us and the server, of no server of ours at all.
import { expect } from "chai";
import { parseFrame } from "#client/parse-frame.ts";
import { EXCHANGES } from "#protocol/example-exchanges.ts";
import { PUSH_EXAMPLES, REFUSALS } from "#protocol/example-frames.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

const PUSHES = Object.values(PUSH_EXAMPLES).flatMap((examples) => examples.map(({ frame }) => frame as object));
const ACKS = Object.values(EXCHANGES).map(({ done }) => done.ack as object);
const ERRORS = Object.values(REFUSALS).map(({ error }) => error as object);

const read = (frame: object) => parseFrame(JSON.stringify(frame));

describe("client/parse-frame", () => {
  it("hands on every frame of the protocol as it is", () => {
    for (const frame of [...PUSHES, ...ACKS, ...ERRORS]) expect(read(frame)).to.deep.equal(frame);
  });

  it("says of a frame that is missing something what it is", () => {
    for (const [frame, place] of [
      [{ type: "entries" }, "conversation"],
      [{ type: "entries", conversation: "lobby", entries: [{}] }, "entries[0].conversation"],
      [{ type: "signals", conversation: "lobby", signals: [{}] }, "signals[0].conversation"],
      [{ type: "presence", conversation: "lobby", event: "join", user: null }, "user"],
      [{ type: "ack", action: "conversations", more: false }, "conversations"],
      [{ type: "ack" }, "action"],
      [{ type: "error", code: "internal" }, "message"],
    ] as const) {
      expect(read(frame)).to.include({
        type: "unreadable",
        message: `The server sent a frame of type "${frame.type}" that cannot be read: "${place}" is missing, or is not what it must be.`,
      });
    }
  });

  it("takes what a newer server may say", () => {
    const common = {
      conversation: "lobby",
      seq: 1,
      id: "1",
      sender: { id: "bob" },
      sentAt: "2026-11-20T10:00:00.000Z",
    };
    const user = { id: "bob", name: "B".repeat(1_000), mood: "sunny" };
    for (const frame of [
      { type: "entries", conversation: "lobby", entries: [{ type: "poll", ...common, options: [] }] },
      { type: "signals", conversation: "lobby", signals: [{ type: "waves", conversation: "lobby", user }] },
      { type: "presence", conversation: "lobby", event: "banned", user },
      { type: "ack", action: "dance", requestId: "r1" },
      { type: "error", code: "too_late", message: "Earlier, please." },
    ]) {
      expect(read(frame)).to.deep.equal(frame);
    }
    for (const type of ["weather", "constructor", 5]) expect(read({ type })).to.equal(undefined);
  });
});

describe("client, of a frame that cannot be read", () => {
  let server: ProtocolServer;
  let ann: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann" });
    await ann.client.joinRoom("general");
    await ann.conversations.next();
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  function sendRaw(frames: readonly object[]): void {
    for (const connection of server.connections) for (const frame of frames) server.send(connection, frame);
  }

  it("reports it, and goes on", async () => {
    sendRaw([{ type: "message" }, { type: "signals", conversation: "room:general", signals: [{}] }]);
    server.push(server.write("room:general", "hello"));
    expect((await ann.messages.next()).content).to.equal("hello");
    const problems = await ann.problems.take(2);
    expect(problems.map(({ code, retryable }) => ({ code, retryable }))).to.deep.equal([
      { code: "unreadable", retryable: false },
      { code: "unreadable", retryable: false },
    ]);
  });

  it("tells who waits for it as an answer", async () => {
    server.intercept = ({ connection, request: { action }, requestId }) => {
      server.send(connection, { type: "ack", action: action === "members" ? action : "ping", at: "now", requestId });
      return "handled";
    };
    expect((await rejection(ann.client.members("general"))).message).to.contain('"conversation" is missing');
    const other = await rejection(ann.client.whoami());
    expect(other).to.include({ code: "unreadable", message: 'The answer to "whoami" is one to something else.' });
    expect(ann.problems.unread).to.deep.equal([]);
  });

  it("does without a list of conversations that is none", async () => {
    server.intercept = ({ connection, request: { action }, requestId }) => {
      if (action !== "conversations") return "pass";
      server.send(connection, { type: "ack", action, requestId });
      return "handled";
    };
    server.dropAll();
    await ann.retry();
    expect((await ann.problems.next()).code).to.equal("unreadable");
    expect((await ann.client.ping()).type).to.equal("ack");
  });

  it("survives whatever is wrong with any field of any frame", async () => {
    sendRaw([...PUSHES, ...ACKS].flatMap(spoilt));
    sendRaw([{ type: "typing", conversation: "room:general", user: { id: "the last" } }]);
    await ann.typing.find(({ user }) => user.id === "the last");
    expect(ann.states.unread.filter(({ status }) => status === "closed")).to.deep.equal([]);
  });
});

/** The frame once for each field, at any depth, and each thing that may be there instead. */
function spoilt(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const instead = [undefined, null, "", "direct:\ud800#x", -1, 1e308, true, [], [null], {}, ...spoilt(field)];
    return instead.map((other) => Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [name]: other }));
  });
}
