import { expect } from "chai";
import { RECEIPTS } from "#client/receipts.ts";
import { TYPING_QUIET_MS } from "#client/typing.ts";
import { directConversation } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Request } from "#protocol/messages.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";
const DIRECT = directConversation("ann", "bob");

describe("client typing and receipts", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  let bob: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    bob = testClient({ url: server.url, userId: "bob", name: "Bob" });
    await Promise.all([ann.conversations.next(), bob.conversations.next()]);
  });

  afterEach(async () => {
    ann.client.close();
    bob.client.close();
    await server.close();
    for (const { receipts, typing, problems, timers } of [ann, bob]) {
      expect(receipts.unread, "unread receipts").to.deep.equal([]);
      expect(typing.unread, "unread typing").to.deep.equal([]);
      expect(problems.unread, "unread problems").to.deep.equal([]);
      expect(timers.waiting, "timers left running").to.equal(0);
    }
  });

  /** Everything of this kind that has been asked so far by this user. */
  async function asked<A extends Request["action"]>(who: TestClient, action: A) {
    await who.client.ping();
    return server.received.unread.flatMap(({ connection, request }) =>
      request.action === action && connection.user.id === who.client.me?.id
        ? [request as Extract<Request, { action: A }>]
        : [],
    );
  }

  it("tells the others who is typing, and where", async () => {
    await ann.client.joinRoom("tea");
    await bob.client.joinRoom("tea");
    bob.client.typing({ room: "tea" });
    bob.client.typing({ user: "ann" });
    const user = { id: "bob", name: "Bob" };
    expect(await ann.typing.take(2)).to.deep.equal([
      { type: "typing", conversation: TEA, user },
      { type: "typing", conversation: DIRECT, user },
    ]);
  });

  it("tells it at most once in three seconds for each conversation", async () => {
    for (let key = 0; key < 20; key += 1) bob.client.typing({ user: "ann" });
    bob.timers.advance(TYPING_QUIET_MS - 1);
    bob.client.typing({ user: "ann" });
    expect(await asked(bob, "typing")).to.have.length(1);
    bob.timers.advance(1);
    bob.client.typing({ user: "ann" });
    expect(await asked(bob, "typing")).to.have.length(2);
    await ann.typing.take(2);
  });

  it("tells it anew after the message was sent", async () => {
    bob.client.typing({ user: "ann" });
    await bob.client.sendMessage({ user: "ann" }, "hi");
    bob.client.typing({ user: "ann" });
    await ann.typing.take(2);
  });

  it("forgets typing that cannot be told", async () => {
    bob.client.close();
    bob.client.typing({ user: "ann" });
    server.intercept = (received) => {
      if (received.request.action !== "typing") return "pass";
      server.refuse(received, new ChatError("not_found", "Nobody."));
      return "handled";
    };
    ann.client.typing({ user: "nobody" });
    await ann.client.ping();
    bob.client.open();
    await bob.conversations.next();
    expect(await asked(bob, "typing")).to.deep.equal([]);
  });

  it("tells a second after that messages were received: one receipt, of the last", async () => {
    for (const content of ["1", "2", "3"]) await bob.client.sendMessage({ user: "ann" }, content);
    await ann.messages.take(3);
    expect(await asked(ann, "receipt")).to.deep.equal([]);
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await bob.receipts.next()).to.deep.equal({
      type: "receipt",
      conversation: DIRECT,
      seq: 3,
      kind: "delivered",
      user: { id: "ann", name: "Ann" },
    });
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await asked(ann, "receipt")).to.have.length(1);
  });

  it("tells of what was read at once only that it was read", async () => {
    await bob.client.sendMessage({ user: "ann" }, "1");
    ann.client.markRead(DIRECT, (await ann.messages.next()).seq);
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await bob.receipts.next()).to.include({ seq: 1, kind: "read" });
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await asked(ann, "receipt")).to.have.length(1);
  });

  it("never tells less than was told before", async () => {
    for (const content of ["1", "2"]) await bob.client.sendMessage({ user: "ann" }, content);
    await ann.messages.take(2);
    ann.client.markRead(DIRECT, 2);
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await bob.receipts.next()).to.include({ seq: 2, kind: "read" });
    ann.client.markRead(DIRECT, 1);
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await asked(ann, "receipt")).to.have.length(1);
  });

  it("tells nothing of our own messages and of the lobby", async () => {
    await ann.client.sendMessage({ user: "bob" }, "mine");
    await bob.client.sendMessage({ everyone: true }, "hello, world");
    await ann.messages.take(2);
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await asked(ann, "receipt")).to.deep.equal([]);
  });

  it("tells of a room only while few people are in it", async () => {
    await ann.client.joinRoom("tea");
    await bob.client.joinRoom("tea");
    await bob.client.sendMessage({ room: "tea" }, "1");
    await ann.messages.next();
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await bob.receipts.next()).to.include({ conversation: TEA, seq: 1, kind: "delivered" });
    for (let guest = 0; guest < RECEIPTS.mostPeople - 1; guest += 1) {
      const user = { id: `guest ${guest}` };
      server.push({ type: "presence", conversation: TEA, event: "join", user });
    }
    await bob.client.sendMessage({ room: "tea" }, "2");
    await ann.messages.next();
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await asked(ann, "receipt")).to.have.length(1);
  });

  it("tells on the next connection what it could not tell on the last", async () => {
    await bob.client.sendMessage({ user: "ann" }, "1");
    ann.client.markRead(DIRECT, (await ann.messages.next()).seq);
    server.intercept = ({ connection, request }) => {
      if (request.action !== "receipt") return "pass";
      connection.socket.terminate();
      server.intercept = () => "pass";
      return "handled";
    };
    ann.timers.advance(RECEIPTS.quietMs);
    await ann.retry();
    await ann.conversations.next();
    ann.timers.advance(RECEIPTS.quietMs);
    expect(await bob.receipts.next()).to.include({ seq: 1, kind: "read" });
  });
});
