import { expect } from "chai";
import { RECONNECT } from "#client/reconnect.ts";
import { GAP_PATIENCE_MS } from "#client/recovery.ts";
import { ChatError } from "#protocol/errors.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";

describe("client messages", () => {
  let server: ProtocolServer;
  let ann: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
  });

  afterEach(async () => {
    ann.client.close();
    await server.close();
    expect(ann.messages.unread, "unread messages").to.deep.equal([]);
    expect(ann.gaps.unread, "unread gaps").to.deep.equal([]);
    expect(ann.problems.unread, "unread problems").to.deep.equal([]);
  });

  async function contents(count: number): Promise<string[]> {
    return (await ann.messages.take(count)).map(({ content }) => content);
  }

  it("of others and our own come in one order", async () => {
    const bob = testClient({ url: server.url, userId: "bob", name: "Bob" });
    await ann.client.joinRoom("tea");
    await bob.client.joinRoom("tea");
    await ann.client.sendMessage({ room: "tea" }, "hi");
    await bob.client.sendMessage({ room: "tea" }, "hello");
    const [first, second] = await ann.messages.take(2);
    expect(first).to.deep.include({ conversation: TEA, seq: 1, content: "hi", sender: { id: "ann", name: "Ann" } });
    expect(second).to.deep.include({ conversation: TEA, seq: 2, content: "hello", sender: { id: "bob", name: "Bob" } });
    expect((await bob.messages.take(2)).map(({ seq }) => seq)).to.deep.equal([1, 2]);
    bob.client.close();
  });

  it("begin with as much history as asked for", async () => {
    for (const content of ["1", "2", "3"]) server.write(TEA, content);
    const { seq, earlier, older } = await ann.client.joinRoom("tea", { history: 2 });
    expect({ seq, earlier }).to.deep.equal({ seq: 3, earlier: true });
    expect(await contents(2)).to.deep.equal(["2", "3"]);
    const page = await ann.client.getMessages({ conversation: TEA, ...(older ? { cursor: older } : {}) });
    expect(page.entries.map(({ seq }) => seq)).to.deep.equal([1]);
    expect(page).not.to.have.property("older");
  });

  it("begin after the present when no history is asked for", async () => {
    server.write(TEA, "old");
    expect(await ann.client.joinRoom("tea")).to.include({ earlier: true });
    server.push(server.write(TEA, "new"));
    expect(await contents(1)).to.deep.equal(["new"]);
  });

  it("pushed before the answer to the join are neither lost nor out of order", async () => {
    server.write(TEA, "1");
    server.intercept = (received) => {
      if (received.request.action === "joinRoom") {
        server.answer(received);
        server.push(server.write(TEA, "2"));
      }
      if (received.request.action === "getMessages") {
        server.push(server.write(TEA, "3"));
        server.answer(received);
        server.push(server.write(TEA, "4"));
      }
      return ["joinRoom", "getMessages"].includes(received.request.action) ? "handled" : "pass";
    };
    await ann.client.joinRoom("tea", { history: 10 });
    expect(await contents(4)).to.deep.equal(["1", "2", "3", "4"]);
  });

  it("of who comes while the answer to the join is on its way come after the members it names", async () => {
    const bob = { id: "bob" };
    server.intercept = (received) => {
      if (received.request.action !== "joinRoom") return "pass";
      server.push({ type: "presence", conversation: TEA, event: "join", user: bob }, [received.connection]);
      server.answer(received);
      return "handled";
    };
    const told: string[] = [];
    ann.client.on("joined", ({ members }) => told.push(`in: ${members.map(({ id }) => id)}`));
    ann.client.on("presence", ({ event, user }) => told.push(`${event}: ${user.id}`));
    await ann.client.joinRoom("tea");
    await ann.client.ping();
    expect(told).to.deep.equal(["in: ann", "join: bob"]);
  });

  it("that overtook each other are put in order without asking the server", async () => {
    await ann.client.joinRoom("tea");
    const [one, two, three] = ["1", "2", "3"].map((content) => server.write(TEA, content));
    if (!one || !two || !three) throw new Error("not written");
    for (const message of [three, two, two, one, three]) server.push(message);
    expect(await contents(3)).to.deep.equal(["1", "2", "3"]);
    await ann.client.ping();
    expect(server.received.unread.map(({ request }) => request.action)).not.to.include("resume");
  });

  it("that were never pushed are fetched after a moment's patience", async () => {
    await ann.client.joinRoom("tea");
    server.write(TEA, "1");
    server.write(TEA, "2");
    server.push(server.write(TEA, "3"));
    await ann.client.ping();
    expect(ann.messages.unread).to.deep.equal([]);
    ann.timers.advance(GAP_PATIENCE_MS);
    expect(await contents(3)).to.deep.equal(["1", "2", "3"]);
    const { request } = await server.next("resume");
    expect(request).to.deep.include({ conversations: [{ conversation: TEA, after: 0 }] });
  });

  it("are fetched page by page when many are missing", async () => {
    await ann.client.joinRoom("tea");
    for (let count = 1; count <= 250; count += 1) server.write(TEA, `${count}`);
    server.push(server.write(TEA, "251"));
    await ann.client.ping();
    ann.timers.advance(GAP_PATIENCE_MS);
    expect((await ann.messages.take(251)).map(({ seq }) => seq)).to.deep.equal(
      Array.from({ length: 251 }, (_, index) => index + 1),
    );
  });

  it("that the store does not have are skipped, saying which", async () => {
    await ann.client.joinRoom("tea");
    server.push(server.write(TEA, "4", { seq: 4 }));
    await ann.client.ping();
    ann.timers.advance(GAP_PATIENCE_MS);
    expect(await contents(1)).to.deep.equal(["4"]);
    expect(await ann.gaps.next()).to.deep.equal({ conversation: TEA, kind: "lost", from: 1, to: 3 });
  });

  it("are fetched again when the first attempt fails", async () => {
    await ann.client.joinRoom("tea");
    server.write(TEA, "1");
    server.push(server.write(TEA, "2"));
    await ann.client.ping();
    server.intercept = (received) => {
      server.intercept = () => "pass";
      server.refuse(received, new ChatError("unavailable", "Throttled."));
      return "handled";
    };
    ann.timers.advance(GAP_PATIENCE_MS);
    const delayMs = GAP_PATIENCE_MS + RECONNECT.firstMs;
    await ann.timers.delays.find((ms) => ms === delayMs);
    ann.timers.advance(delayMs);
    expect(await contents(2)).to.deep.equal(["1", "2"]);
  });

  it("are delivered with the gap named when the missing ones may not be read", async () => {
    await ann.client.joinRoom("tea");
    server.push(server.write(TEA, "2", { seq: 2 }));
    await ann.client.ping();
    server.intercept = (received) => {
      server.refuse(received, new ChatError("not_a_member", "You are not in the room."));
      return "handled";
    };
    ann.timers.advance(GAP_PATIENCE_MS);
    expect(await contents(1)).to.deep.equal(["2"]);
    expect(await ann.gaps.next()).to.deep.equal({ conversation: TEA, kind: "lost", from: 1, to: 1 });
    expect((await ann.problems.next()).code).to.equal("not_a_member");
  });

  it("between two users arrive without joining anything", async () => {
    const bob = testClient({ url: server.url, userId: "bob" });
    await bob.state("open");
    await ann.client.sendMessage({ user: "bob" }, "psst");
    expect((await bob.messages.next()).conversation).to.equal("direct:ann#bob");
    expect(await contents(1)).to.deep.equal(["psst"]);
    bob.client.close();
  });

  it("repeated with the same id are stored and delivered once", async () => {
    await ann.client.joinRoom("tea");
    const first = await ann.client.sendMessage({ room: "tea" }, "hi", { id: "once" });
    const second = await ann.client.sendMessage({ room: "tea" }, "hi", { id: "once" });
    expect(second.seq).to.equal(first.seq);
    expect(await contents(1)).to.deep.equal(["hi"]);
  });

  it("go on when the history cannot be read", async () => {
    server.write(TEA, "1");
    server.intercept = (received) => {
      if (received.request.action !== "getMessages") return "pass";
      server.refuse(received, new ChatError("internal", "Sorry."));
      return "handled";
    };
    expect(await ann.client.joinRoom("tea", { history: 10 })).to.include({ earlier: true });
    expect((await ann.problems.next()).code).to.equal("internal");
    server.push(server.write(TEA, "2"));
    expect(await contents(1)).to.deep.equal(["2"]);
  });

  it("of a room that was left are not waited for", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.leaveRoom("tea");
    expect((await rejection(ann.client.sendMessage({ room: "tea" }, "x"))).code).to.equal("not_a_member");
  });

  it("come with news of who enters, leaves and is renamed", async () => {
    await ann.client.joinRoom("tea");
    const bob = testClient({ url: server.url, userId: "bob", name: "Bob" });
    await bob.client.joinRoom("tea");
    await bob.client.setName("Robert");
    bob.client.close();
    const news = await ann.presence.take(3);
    expect(news.map(({ event, user }) => [event, user.name])).to.deep.equal([
      ["join", "Bob"],
      ["rename", "Robert"],
      ["leave", "Robert"],
    ]);
  });
});
