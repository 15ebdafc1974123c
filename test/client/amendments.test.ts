import { expect } from "chai";
import { ProtocolServer } from "./protocol-server.ts";
import { rejection } from "./rejection.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";

describe("client edits and deletions", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  let bob: TestClient;

  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    bob = testClient({ url: server.url, userId: "bob", name: "Bob" });
    await ann.client.joinRoom("tea");
    await bob.client.joinRoom("tea");
  });

  afterEach(async () => {
    ann.client.close();
    bob.client.close();
    await server.close();
    for (const { entries, gaps, problems } of [ann, bob]) {
      expect(entries.unread, "unread entries").to.deep.equal([]);
      expect(gaps.unread, "unread gaps").to.deep.equal([]);
      expect(problems.unread, "unread problems").to.deep.equal([]);
    }
  });

  it("come to everybody, who made them included, in one order with the messages", async () => {
    await ann.client.sendMessage({ room: "tea" }, "helo");
    const edited = await ann.client.editMessage(TEA, 1, "hello");
    await bob.client.sendMessage({ room: "tea" }, "hi");
    await ann.client.deleteMessage(TEA, 1);
    expect(edited.seq).to.equal(2);
    for (const { entries } of [ann, bob]) {
      const [message, edit, answer, deletion] = await entries.take(4);
      expect(message).to.include({ type: "message", seq: 1, content: "helo" });
      expect(edit).to.deep.include({
        type: "edit",
        conversation: TEA,
        seq: 2,
        of: 1,
        content: "hello",
        sender: { id: "ann", name: "Ann" },
      });
      expect(answer).to.include({ type: "message", seq: 3, content: "hi" });
      expect(deletion).to.include({ type: "deletion", seq: 4, of: 1 }).and.not.to.have.property("content");
    }
  });

  it("that overtook their message wait for it", async () => {
    const message = server.write(TEA, "1");
    server.push(server.amend(TEA, 1, { content: "one" }));
    server.push(message);
    for (const { entries } of [ann, bob]) {
      expect((await entries.take(2)).map(({ type }) => type)).to.deep.equal(["message", "edit"]);
    }
  });

  it("missed while away are resumed like messages", async () => {
    server.push(server.write(TEA, "1"));
    await Promise.all([ann.entries.next(), bob.entries.next()]);
    server.dropAll();
    await Promise.all([ann.state("closed"), bob.state("closed")]);
    server.amend(TEA, 1, { content: "one" });
    server.write(TEA, "2");
    server.amend(TEA, 1, {});
    for (const { client } of [ann, bob]) client.open();
    for (const { entries } of [ann, bob]) {
      expect((await entries.take(3)).map(({ type, seq }) => `${type} ${seq}`)).to.deep.equal([
        "edit 2",
        "message 3",
        "deletion 4",
      ]);
    }
  });

  it("of another's message are refused", async () => {
    server.push(server.write(TEA, "1"));
    expect((await rejection(ann.client.editMessage(TEA, 1, "x"))).code).to.equal("not_yours");
    expect((await rejection(ann.client.deleteMessage(TEA, 1))).code).to.equal("not_yours");
    await Promise.all([ann.entries.next(), bob.entries.next()]);
  });

  it("whose answer was lost are asked for again under the same id, and stored once", async () => {
    await ann.client.sendMessage({ room: "tea" }, "1");
    await Promise.all([ann.entries.next(), bob.entries.next()]);
    server.intercept = (received) => {
      if (received.request.action !== "editMessage") return "pass";
      server.intercept = () => "pass";
      const { id = "" } = received.request;
      server.push(
        server.amend(TEA, 1, { content: "one", id }),
        [...server.connections].filter(({ user }) => user.id === "bob"),
      );
      received.connection.socket.terminate();
      return "handled";
    };
    const edited = ann.client.editMessage(TEA, 1, "one");
    await ann.retry();
    expect((await edited).seq).to.equal(2);
    expect(server.store.lastSeq(TEA)).to.equal(2);
    for (const { entries } of [ann, bob]) expect((await entries.next()).seq).to.equal(2);
  });

  it("show in the history: messages as they are now, and what was done to them", async () => {
    server.write(TEA, "1");
    server.write(TEA, "2");
    server.amend(TEA, 1, { content: "one" });
    server.amend(TEA, 2, {});
    const { entries } = await ann.client.getMessages({ conversation: TEA });
    expect(entries.map(({ type }) => type)).to.deep.equal(["message", "message", "edit", "deletion"]);
    expect(entries[0]).to.include({ content: "one" }).and.to.have.property("editedAt");
    expect(entries[1]).to.include({ content: "" }).and.to.have.property("deletedAt");
  });
});
