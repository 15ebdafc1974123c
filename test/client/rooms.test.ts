// Rooms that are joined and left faster than the server answers, as by a page that is put up, taken down and put up again.
import { expect } from "chai";
import { ChatError } from "#protocol/errors.ts";
import { ProtocolServer, type Received } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";

describe("client rooms", () => {
  let server: ProtocolServer;
  let ann: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    await ann.conversations.next();
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.messages.unread, "unread messages").to.deep.equal([]);
    expect(ann.gaps.unread, "unread gaps").to.deep.equal([]);
    expect(ann.problems.unread, "unread problems").to.deep.equal([]);
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  /** Requests of this action are kept, to be answered by the test. */
  function hold(action: Received["request"]["action"]): Received[] {
    const held: Received[] = [];
    server.intercept = (received) => {
      if (received.request.action !== action) return "pass";
      held.push(received);
      return "handled";
    };
    return held;
  }

  const asked = () =>
    server.received.unread.flatMap(({ request: { action } }) => (/^(join|leave)Room$/.test(action) ? [action] : []));

  async function reconnect(): Promise<ReadonlySet<string> | undefined> {
    ann.client.close();
    ann.client.open();
    await ann.client.ping();
    return [...server.connections].at(-1)?.rooms;
  }

  it("are left when that was asked before the answer to joining came, and stay left", async () => {
    const [, left] = await Promise.all([ann.client.joinRoom("tea"), ann.client.leaveRoom("tea")]);
    expect(left.conversation).to.equal(TEA);
    expect(ann.joined.unread).to.deep.equal([]);
    server.push(server.write(TEA, "not for us"), server.connections);
    expect([...((await reconnect()) ?? [])]).to.deep.equal([]);
  });

  it("are asked for one thing at a time, in the order of asking", async () => {
    const joins = hold("joinRoom");
    const all = Promise.all([ann.client.joinRoom("tea"), ann.client.leaveRoom("tea"), ann.client.joinRoom("tea")]);
    await ann.client.ping();
    expect(asked()).to.deep.equal(["joinRoom"]);
    server.intercept = () => "pass";
    for (const join of joins) server.answer(join);
    await all;
    expect(asked()).to.deep.equal(["joinRoom", "leaveRoom", "joinRoom"]);
    await ann.client.sendMessage({ room: "tea" }, "in");
    expect((await ann.messages.next()).content).to.equal("in");
    expect([...((await reconnect()) ?? [])]).to.deep.equal([TEA]);
  });

  it("do not wait for each other", async () => {
    const joins = hold("joinRoom");
    const both = Promise.all([ann.client.joinRoom("tea"), ann.client.joinRoom("cake")]);
    await ann.client.ping();
    expect(joins).to.have.length(2);
    for (const join of joins) server.answer(join);
    await both;
  });

  it("keep their order over a lost connection", async () => {
    await ann.client.joinRoom("tea");
    hold("leaveRoom");
    const both = Promise.all([ann.client.leaveRoom("tea"), ann.client.joinRoom("tea")]);
    await server.next("leaveRoom");
    server.intercept = () => "pass";
    server.dropAll();
    await ann.retry();
    await both;
    expect(asked()).to.deep.equal(["leaveRoom", "joinRoom"]);
    expect([...server.connections].map(({ rooms }) => [...rooms])).to.deep.equal([[TEA]]);
  });

  it("reject all that waits when the client is closed, though it was its turn next", async () => {
    hold("joinRoom");
    const errors = [ann.client.joinRoom("tea"), ann.client.leaveRoom("tea")].map(rejection);
    ann.client.close();
    ann.client.open();
    expect((await Promise.all(errors)).map(({ code }) => code)).to.deep.equal(["closed", "closed"]);
  });

  it("deliver their history once, however often they were left meanwhile", async () => {
    for (const content of ["1", "2", "3", "4"]) server.write(TEA, content);
    const history = { history: 3 };
    const [first, , second] = await Promise.all([
      ann.client.joinRoom("tea", history),
      ann.client.leaveRoom("tea"),
      ann.client.joinRoom("tea", history),
    ]);
    expect((await ann.messages.take(3)).map(({ content }) => content)).to.deep.equal(["2", "3", "4"]);
    expect(first.earlier).to.equal(true);
    expect(second).to.include({ earlier: true }).and.to.have.property("older");
    await ann.client.ping();
  });

  it("do not deliver a history that comes when they were left and joined again", async () => {
    for (const content of ["1", "2"]) server.write(TEA, content);
    const pages = hold("getMessages");
    const first = ann.client.joinRoom("tea", { history: 1 });
    await server.next("getMessages");
    const second = Promise.all([ann.client.leaveRoom("tea"), ann.client.joinRoom("tea", { history: 2 })]);
    await server.next("getMessages");
    for (const page of pages) server.answer(page);
    expect(await first)
      .to.include({ earlier: true })
      .and.not.to.have.property("older");
    await second;
    expect((await ann.messages.take(2)).map(({ content }) => content)).to.deep.equal(["1", "2"]);
  });

  it("are not asked for with a history that no page has: that is said before anything is sent", async () => {
    for (const history of [101, -1, 1.5, Number.NaN]) {
      const error = await rejection(ann.client.joinRoom("tea", { history }));
      expect(error).to.include({ code: "invalid_request", retryable: false });
      expect(error.message).to.equal(`"history" is ${history}; it must be a whole number from 0 to 100.`);
    }
    await ann.client.ping();
    expect(asked()).to.deep.equal([]);
  });

  it("deliver as much history as a page has", async () => {
    for (let count = 1; count <= 101; count += 1) server.write(TEA, `${count}`);
    expect((await ann.client.joinRoom("tea", { history: 100 })).earlier).to.equal(true);
    expect((await ann.messages.take(100)).map(({ seq }) => seq)).to.deep.equal(
      Array.from({ length: 100 }, (_, at) => at + 2),
    );
  });

  it("are entered by the second request when the first was refused", async () => {
    server.intercept = (received) => {
      if (received.request.action !== "joinRoom") return "pass";
      server.intercept = () => "pass";
      server.refuse(received, new ChatError("rate_limited", "Wait a moment."));
      return "handled";
    };
    const refused = rejection(ann.client.joinRoom("tea"));
    await ann.client.joinRoom("tea");
    expect((await refused).code).to.equal("rate_limited");
    server.push(server.write(TEA, "hello"));
    expect((await ann.messages.next()).content).to.equal("hello");
  });

  it("are the same with and without blanks around their names", async () => {
    await ann.client.joinRoom(" tea ");
    expect((await ann.joined.next()).room).to.equal("tea");
    await ann.client.leaveRoom("tea");
    expect([...((await reconnect()) ?? [])]).to.deep.equal([]);
  });
});
