import { expect } from "chai";
import { RECONNECT } from "#client/reconnect.ts";
import { GAP_PATIENCE_MS } from "#client/recovery.ts";
import { resumeBatches } from "#client/resume-batches.ts";
import { directConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";
const WITH_BOB = directConversation("ann", "bob");
const WITH_CYD = directConversation("ann", "cyd");

describe("client resume", () => {
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
    expect(ann.timers.waiting, "timers left running").to.equal(0);
  });

  async function away(meanwhile: () => void): Promise<void> {
    server.dropAll();
    await ann.state("closed");
    meanwhile();
    ann.client.open();
  }

  async function contents(count: number): Promise<string[]> {
    return (await ann.messages.take(count)).map(({ content }) => content);
  }

  it("asks once for all conversations, and again only for those of which there is more", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.joinRoom("cake");
    await ann.conversations.next();
    server.resumeEntries = 3;
    await away(() => {
      for (const content of ["c1", "c2"]) server.write("room:cake", content);
      for (const content of ["t1", "t2", "t3"]) server.write(TEA, content);
    });
    expect((await ann.messages.take(5)).map(({ content }) => content).sort()).to.deep.equal([
      "c1",
      "c2",
      "t1",
      "t2",
      "t3",
    ]);
    const { request } = await server.next("resume");
    const { request: second } = await server.next("resume");
    if (request.action !== "resume" || second.action !== "resume") throw new Error("unreachable");
    expect(request.conversations.map(({ conversation }) => conversation)).to.have.members([TEA, "room:cake", "lobby"]);
    expect(second.conversations).to.have.length(1);
  });

  it("finds who wrote for the first time while we were away", async () => {
    await ann.conversations.next();
    await away(() => {
      server.write(WITH_BOB, "hello?");
      server.write(WITH_BOB, "are you there?");
    });
    expect(await contents(2)).to.deep.equal(["hello?", "are you there?"]);
  });

  it("lists on the first connection what there is, and begins with what is new", async () => {
    for (const content of ["1", "2", "3"]) server.write(WITH_CYD, content);
    const bob = testClient({ url: server.url, userId: "cyd" });
    expect(await bob.conversations.next()).to.deep.include({ conversation: WITH_CYD, seq: 3 });
    await bob.client.sendMessage({ user: "ann" }, "4");
    expect((await bob.messages.next()).seq).to.equal(4);
    expect((await ann.messages.next()).seq).to.equal(4);
    expect(bob.gaps.unread).to.deep.equal([]);
    bob.client.close();
  });

  it("begins a conversation that is new with its first entry, even when a later one comes first", async () => {
    await ann.conversations.next();
    const first = server.write(WITH_BOB, "1");
    server.push(server.write(WITH_BOB, "2"));
    server.push(first);
    expect(await contents(2)).to.deep.equal(["1", "2"]);
  });

  it("keeps back what is pushed until it is known where the conversation begins", async () => {
    server.write(WITH_BOB, "old");
    server.intercept = (received) => {
      if (received.request.action !== "conversations") return "pass";
      const early = server.write(WITH_BOB, "new 1");
      server.push(server.write(WITH_BOB, "new 2"));
      server.push(early);
      return "pass";
    };
    expect(await contents(2)).to.deep.equal(["new 1", "new 2"]);
  });

  it("asks for the list again when the server is busy, and does without when it is refused", async () => {
    const refusals = [new ChatError("unavailable", "Throttled."), new ChatError("unknown_action", "No such action.")];
    server.intercept = (received) => {
      const refusal = received.request.action === "conversations" ? refusals.shift() : undefined;
      if (refusal === undefined) return "pass";
      server.refuse(received, refusal);
      return "handled";
    };
    await ann.timers.delays.find((ms) => ms === RECONNECT.firstMs / 2);
    ann.timers.advance(RECONNECT.firstMs / 2);
    expect((await ann.problems.next()).code).to.equal("unknown_action");
    server.push(server.write(WITH_BOB, "1"));
    expect(await contents(1)).to.deep.equal(["1"]);
  });

  it("says when the store is another one, and gives what that has from the beginning", async () => {
    await ann.client.joinRoom("tea");
    for (const content of ["1", "2", "3"]) server.push(server.write(TEA, content));
    await contents(3);
    await away(() => {
      server.store.clear();
      server.write(TEA, "anew");
    });
    expect(await contents(1)).to.deep.equal(["anew"]);
    expect(await ann.gaps.next()).to.deep.equal({ conversation: TEA, kind: "restarted" });
    server.push(server.write(TEA, "and on"));
    expect(await contents(1)).to.deep.equal(["and on"]);
  });

  it("says which entries are lost when all of them are", async () => {
    await ann.client.joinRoom("tea");
    await away(() => {
      server.write(TEA, "1");
      server.write(TEA, "2");
      server.intercept = (received) => {
        if (received.request.action !== "resume") return "pass";
        server.intercept = () => "pass";
        const nothing = { conversation: TEA, seq: 2, entries: [], recovered: false, more: false };
        const { requestId } = received;
        server.send(received.connection, { type: "ack", action: "resume", requestId, conversations: [nothing] });
        return "handled";
      };
    });
    expect(await ann.gaps.next()).to.deep.equal({ conversation: TEA, kind: "lost", from: 1, to: 2 });
    server.push(server.write(TEA, "3"));
    expect(await contents(1)).to.deep.equal(["3"]);
  });

  it("is not kept from the others by one conversation that may not be read", async () => {
    await ann.client.joinRoom("tea");
    await ann.conversations.next();
    await away(() => {
      server.write(TEA, "1");
      server.intercept = (received) => {
        const { request } = received;
        if (
          request.action !== "resume" ||
          !request.conversations.some(({ conversation }) => conversation === "lobby")
        ) {
          return "pass";
        }
        server.refuse(received, new ChatError("not_a_member", "Not yours."));
        return "handled";
      };
    });
    expect(await contents(1)).to.deep.equal(["1"]);
    expect((await ann.problems.next()).code).to.equal("not_a_member");
  });

  it("waits longer and asks again for the whole batch when the server is busy", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.joinRoom("cake");
    let refusals = 2;
    await away(() => {
      server.write(TEA, "t");
      server.write("room:cake", "c");
      server.intercept = (received) => {
        if (received.request.action !== "resume" || refusals === 0) return "pass";
        refusals -= 1;
        server.refuse(received, new ChatError("unavailable", "Throttled."));
        return "handled";
      };
    });
    for (const factor of [1, 2]) {
      const delayMs = GAP_PATIENCE_MS + RECONNECT.firstMs * factor;
      await ann.timers.delays.find((ms) => ms === delayMs);
      ann.timers.advance(delayMs);
    }
    expect((await contents(2)).sort()).to.deep.equal(["c", "t"]);
  });

  it("does not ask without end a server that says there is more and sends nothing", async () => {
    await ann.client.joinRoom("tea");
    server.resumeEntries = 0;
    await away(() => server.write(TEA, "1"));
    const delayMs = GAP_PATIENCE_MS + RECONNECT.firstMs;
    await ann.timers.delays.find((ms) => ms === delayMs);
    server.resumeEntries = 100;
    ann.timers.advance(delayMs);
    expect(await contents(1)).to.deep.equal(["1"]);
  });

  it("does not bring back a room that was left, though something of it is still pushed", async () => {
    await ann.client.joinRoom("tea");
    await ann.client.leaveRoom("tea");
    server.push(server.write(TEA, "late"), server.connections);
    await ann.client.ping();
    expect(ann.messages.unread).to.deep.equal([]);
  });
});

describe("client/resume-batches", () => {
  it("has as many conversations in a batch as one request may name", () => {
    const items = Array.from({ length: 60 }, (_, index) => ({ name: `room:${index}` }));
    const sizes = resumeBatches(items).map(({ length }) => length);
    expect(sizes).to.deep.equal([25, 25, 10]);
    expect(resumeBatches([])).to.deep.equal([]);
  });

  it("fits long names into frames of 32 KB", () => {
    const items = Array.from({ length: 25 }, (_, index) => ({
      name: directConversation(
        "ä".repeat(LIMITS.userIdCharacters),
        `${index}${"€".repeat(LIMITS.userIdCharacters - 2)}`,
      ),
    }));
    const batches = resumeBatches(items);
    expect(batches.flat()).to.deep.equal(items);
    for (const batch of batches) {
      const conversations = batch.map(({ name }) => ({ conversation: name, after: Number.MAX_SAFE_INTEGER }));
      const frame = JSON.stringify({ action: "resume", conversations, requestId: "r1000000" });
      expect(new TextEncoder().encode(frame).length).to.be.at.most(32 * 1024);
    }
  });
});
