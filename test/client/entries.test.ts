import { expect } from "chai";
import { ProtocolServer } from "./protocol-server.ts";
import { type TestClient, testClient } from "./test-client.ts";

const TEA = "room:tea";

describe("several entries in one push", () => {
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
    expect(ann.messages.unread, "unread messages").to.deep.equal([]);
  });

  const write = (count: number) => Array.from({ length: count }, (_, at) => server.write(TEA, `${at}`));

  it("come one after the other, each once, those that are there already among them", async () => {
    const entries = write(5);
    server.push({ type: "entries", conversation: TEA, entries: entries.slice(0, 3) });
    server.push({ type: "entries", conversation: TEA, entries: entries.slice(1) });
    expect((await ann.messages.take(5)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it("wait for what should have come before them", async () => {
    const [first, ...others] = write(4);
    server.push({ type: "entries", conversation: TEA, entries: others });
    if (first) server.push(first);
    expect((await ann.messages.take(4)).map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4]);
  });

  it("bring our own message once", async () => {
    await ann.client.sendMessage({ room: "tea" }, "mine");
    const mine = server.store.message(TEA, 1);
    server.push({ type: "entries", conversation: TEA, entries: [mine, server.write(TEA, "another's")] });
    expect((await ann.messages.take(2)).map(({ content }) => content)).to.deep.equal(["mine", "another's"]);
  });
});
