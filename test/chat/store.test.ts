// What the message store promises, on the embedded DynamoDB and through the real SDK.
import { expect } from "chai";
import type { Draft } from "#chat/ports.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

describe("the message store", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld();
  });
  afterEach(() => world.close());

  const draft = (content: string, id = content): Draft => ({
    conversation: "room:general",
    id,
    sender: { id: "u1", name: "Ann" },
    content,
    sentAt: "2026-11-20T10:00:00.000Z",
  });
  const stored = async (limit = 100) => (await world.ports.messages.page("room:general", { limit, after: 0 })).messages;

  it("numbers a conversation from 1, without gaps", async () => {
    for (const content of ["a", "b", "c"]) await world.ports.messages.append(draft(content), undefined);
    expect((await stored()).map(({ seq, content }) => [seq, content])).to.deep.equal([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    expect(await world.ports.messages.lastSeq("room:general")).to.equal(3);
    expect(await world.ports.messages.lastSeq("room:other")).to.equal(0);
  });

  it("gives 50 concurrent writers 50 different numbers with none left out", async () => {
    const contents = Array.from({ length: 50 }, (_, at) => `m${at}`);
    const answers = await Promise.all(
      contents.map((content) => world.ports.messages.append(draft(content), undefined)),
    );
    const numbers = answers.map(({ message }) => message.seq).sort((a, b) => a - b);
    expect(numbers).to.deep.equal(contents.map((_, at) => at + 1));
    expect((await stored()).map(({ content }) => content).sort()).to.deep.equal([...contents].sort());
  });

  it("stores the same client id of a user once, one after the other and all at once", async () => {
    const first = await world.ports.messages.append(draft("hi", "id-1"), "id-1");
    expect(first.again).to.equal(false);
    const repeats = await Promise.all([1, 2, 3].map(() => world.ports.messages.append(draft("hi", "id-1"), "id-1")));
    for (const repeat of repeats) expect(repeat).to.deep.equal({ message: first.message, again: true });
    const together = await Promise.all([1, 2, 3].map(() => world.ports.messages.append(draft("ho", "id-2"), "id-2")));
    expect(together.filter(({ again }) => !again)).to.have.lengthOf(1);
    expect(new Set(together.map(({ message }) => message.seq))).to.deep.equal(new Set([2]));
    expect(await stored()).to.have.lengthOf(2);
  });

  it("completes a request that died between its claim and its message, at the claimed number", async () => {
    const { messages } = world.ports;
    // a store whose message write never happens: what a function killed after the claim leaves behind
    const killed = await diesBeforeTheMessageIsPut(world, () => messages.append(draft("hi", "id-1"), "id-1"));
    expect(killed).to.equal(true);
    expect(await stored()).to.have.lengthOf(0);
    await messages.append(draft("from another"), undefined);
    const retry = await messages.append(draft("hi", "id-1"), "id-1");
    expect(retry.again).to.equal(false);
    expect((await stored()).map(({ seq, content }) => [seq, content])).to.deep.equal([
      [1, "from another"],
      [2, "hi"],
    ]);
    expect((await messages.append(draft("hi", "id-1"), "id-1")).message.seq).to.equal(2);
  });

  it("keeps two users' equal ids apart", async () => {
    const { messages } = world.ports;
    await messages.append(draft("hi", "1"), "1");
    const other = await messages.append({ ...draft("hello", "1"), sender: { id: "u2" } }, "1");
    expect(other).to.deep.include({ again: false });
    expect(other.message.seq).to.equal(2);
  });

  it("goes on numbering where it was when all messages have expired", async () => {
    await world.close();
    world = await openChatWorld({ retentionDays: 1 });
    await world.ports.messages.append(draft("a"), undefined);
    await world.ports.messages.append(draft("b"), undefined);
    world.pass(2 * 86_400_000);
    expect(await stored()).to.deep.equal([]);
    expect((await world.ports.messages.append(draft("c"), undefined)).message.seq).to.equal(3);
  });

  it("pages from either end and says whether there is more", async () => {
    for (const content of ["a", "b", "c", "d", "e"]) await world.ports.messages.append(draft(content), undefined);
    const page = async (range: { limit: number; before?: number; after?: number }) => {
      const { messages, more } = await world.ports.messages.page("room:general", range);
      return [messages.map(({ content }) => content).join(""), more];
    };
    expect(await page({ limit: 2 })).to.deep.equal(["de", true]);
    expect(await page({ limit: 2, before: 4 })).to.deep.equal(["bc", true]);
    expect(await page({ limit: 2, before: 2 })).to.deep.equal(["a", false]);
    expect(await page({ limit: 2, after: 2 })).to.deep.equal(["cd", true]);
    expect(await page({ limit: 2, after: 3 })).to.deep.equal(["de", false]);
    expect(await page({ limit: 9, after: 1, before: 4 })).to.deep.equal(["bc", false]);
    expect(await page({ limit: 5 })).to.deep.equal(["abcde", false]);
  });

  it("ends a page before it is larger than an answer may be", async () => {
    for (let at = 0; at < 8; at++) await world.ports.messages.append(draft("x".repeat(30_000), `m${at}`), undefined);
    const { messages, more } = await world.ports.messages.page("room:general", { limit: 8 });
    expect(more).to.equal(true);
    expect(messages.map(({ seq }) => seq)).to.deep.equal([6, 7, 8]);
    expect(Buffer.byteLength(JSON.stringify(messages))).to.be.lessThan(128 * 1024);
  });
});

async function diesBeforeTheMessageIsPut(world: ChatWorld, run: () => Promise<unknown>): Promise<boolean> {
  let died = false;
  world.client.middlewareStack.add(
    (next) => async (args) => {
      const item = (args.input as { Item?: Record<string, { S?: string }> }).Item;
      if (!died && item?.content) {
        died = true;
        throw new Error("killed");
      }
      return next(args);
    },
    { step: "initialize", name: "killer" },
  );
  await run().catch(() => undefined);
  world.client.middlewareStack.remove("killer");
  return died;
}
