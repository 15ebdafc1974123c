import { expect } from "chai";
import type { Signal } from "#protocol/messages.ts";
import { ProtocolServer } from "./protocol-server.ts";
import { Queue } from "./queue.ts";
import { type TestClient, testClient } from "./test-client.ts";

const conversation = "room:tea";
const typing = (id: string): Signal => ({ type: "typing", conversation, user: { id } });
const presence = (id: string, event: "join" | "leave" | "rename"): Signal => ({
  type: "presence",
  conversation,
  event,
  user: { id },
});
const receipt = (id: string): Signal => ({ type: "receipt", conversation, seq: 1, kind: "read", user: { id } });

describe("several signals in one push", () => {
  let server: ProtocolServer;
  let ann: TestClient;
  beforeEach(async () => {
    server = await ProtocolServer.start();
    ann = testClient({ url: server.url, userId: "ann", name: "Ann" });
    await ann.client.joinRoom("tea");
  });
  afterEach(async () => {
    ann.client.close();
    await server.close();
    for (const queue of [ann.typing, ann.presence, ann.receipts]) expect(queue.unread).to.deep.equal([]);
  });

  it("are told as if each had come alone", async () => {
    server.push({ type: "signals", conversation, signals: [typing("bob"), presence("cat", "join"), receipt("dan")] });
    expect(await ann.typing.next()).to.deep.equal(typing("bob"));
    expect(await ann.presence.next()).to.deep.equal(presence("cat", "join"));
    expect(await ann.receipts.next()).to.deep.equal(receipt("dan"));
  });

  it("say nothing of ourselves but that we are called otherwise on another device", async () => {
    const own = [typing("ann"), presence("ann", "join"), receipt("ann"), presence("ann", "rename")];
    server.push({ type: "signals", conversation, signals: own });
    expect(await ann.presence.next()).to.deep.equal(presence("ann", "rename"));
  });

  it("come beside entries, and after them", async () => {
    const order = new Queue<string>();
    ann.client.on("message", ({ content }) => order.push(content));
    ann.client.on("typing", ({ user }) => order.push(user.id));
    const entry = server.write(conversation, "hello");
    server.push({ type: "entries", conversation, entries: [entry], signals: [typing("bob")] });
    expect(await order.take(2)).to.deep.equal(["hello", "bob"]);
    await ann.typing.next();
  });

  it("come with the number of those who are not named", async () => {
    const others = new Queue<object>();
    ann.client.on("others", (counts) => others.push(counts));
    server.push({ type: "signals", conversation, signals: [typing("bob")], others: { typing: 41 } });
    expect(await others.next()).to.deep.equal({ conversation, typing: 41 });
    await ann.typing.next();
  });
});
