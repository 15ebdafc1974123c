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

  const room = "room:general";
  const draft = (content: string, id = content): Draft => ({
    type: "message",
    conversation: room,
    id,
    sender: { id: "u1", name: "Ann" },
    content,
    sentAt: "2026-11-20T10:00:00.000Z",
  });
  /** As a writer does that knows nothing of the conversation but the hint. */
  const append = async (entry: Draft, clientId?: string) => {
    const hint = (await world.ports.snapshots.read({ conversations: [room] })).lastSeq(room) ?? 0;
    const appended = await world.ports.messages.append(entry, clientId, hint);
    if (!appended.again) await world.ports.messages.noteLast(room, appended.entry.seq);
    return appended;
  };
  const stored = async () =>
    (await world.ports.messages.page(room, { limit: 100, after: 0 })).entries.map((entry) => [
      entry.seq,
      "content" in entry ? entry.content : "",
    ]);

  it("numbers a conversation from 1, without gaps", async () => {
    for (const content of ["a", "b", "c"]) await append(draft(content));
    expect(await stored()).to.deep.equal([
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ]);
    expect(await world.ports.messages.lastSeq(room)).to.equal(3);
    expect(await world.ports.messages.lastSeq("room:other")).to.equal(0);
  });

  it("gives 50 concurrent writers 50 different numbers with none left out", async () => {
    const contents = Array.from({ length: 50 }, (_, at) => `m${at}`);
    await Promise.all(contents.map((content) => append(draft(content))));
    const rows = await stored();
    expect(rows.map(([seq]) => seq)).to.deep.equal(contents.map((_, at) => at + 1));
    expect(rows.map(([, content]) => content)).to.have.members(contents);
  });

  it("finds its place whatever the hint says", async () => {
    await append(draft("a"));
    await append(draft("b"));
    expect((await world.ports.messages.append(draft("c"), undefined, 0)).entry.seq).to.equal(3);
    expect((await append(draft("d"))).entry.seq).to.equal(4);
  });

  it("stores the same client id of a user once, one after the other and all at once", async () => {
    const first = await append(draft("hi", "id-1"), "id-1");
    expect(first.again).to.equal(false);
    const repeats = await Promise.all([1, 2, 3].map(() => append(draft("hi", "id-1"), "id-1")));
    for (const repeat of repeats) expect(repeat).to.deep.equal({ entry: first.entry, again: true });
    const together = await Promise.all([1, 2, 3].map(() => append(draft("ho", "id-2"), "id-2")));
    expect(together.filter(({ again }) => !again)).to.have.lengthOf(1);
    expect(new Set(together.map(({ entry }) => entry.seq))).to.deep.equal(new Set([2]));
    expect(await stored()).to.have.lengthOf(2);
  });

  it("keeps two users' equal ids apart", async () => {
    await append(draft("hi", "1"), "1");
    const other = await append({ ...draft("hello", "1"), sender: { id: "u2" } }, "1");
    expect(other.again).to.equal(false);
    expect(other.entry.seq).to.equal(2);
  });

  it("goes on numbering where it was when all messages have expired", async () => {
    await world.close();
    world = await openChatWorld({ retentionDays: 1 });
    await append(draft("a"));
    await append(draft("b"));
    world.pass(2 * 86_400_000);
    expect(await stored()).to.deep.equal([]);
    expect((await append(draft("c"))).entry.seq).to.equal(3);
  });

  it("pages from either end and says whether there is more", async () => {
    for (const content of ["a", "b", "c", "d", "e"]) await append(draft(content));
    const page = async (range: { limit: number; before?: number; after?: number }) => {
      const { entries, more } = await world.ports.messages.page(room, range);
      return [entries.map(({ id }) => id).join(""), more];
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
    for (let at = 0; at < 8; at++) await append(draft("x".repeat(30_000), `m${at}`));
    const { entries, more } = await world.ports.messages.page(room, { limit: 8, mostBytes: 96 * 1024 });
    expect(more).to.equal(true);
    expect(entries.map(({ seq }) => seq)).to.deep.equal([6, 7, 8]);
  });

  describe("carries amendments over to the message", () => {
    const common = { conversation: room, of: 1, sender: { id: "u1" }, sentAt: "2026-11-20T11:00:00.000Z" };
    const edit = (content: string, seq: number) => ({ type: "edit", ...common, id: `e${seq}`, content, seq }) as const;
    const message = () => world.ports.messages.entry(room, 1);

    it("the later edit stays, in whichever order they arrive", async () => {
      await append(draft("a"));
      await world.ports.messages.amend(edit("later", 3));
      await world.ports.messages.amend(edit("earlier", 2));
      expect(await message()).to.include({ content: "later", editedAt: common.sentAt });
    });

    it("what is deleted cannot be read any more, nor in its edits, and stays deleted", async () => {
      await append(draft("secret", "m1"));
      await append({ type: "edit", ...common, id: "e2", content: "also secret" });
      await world.ports.messages.amend(edit("also secret", 2));
      await append({ type: "deletion", ...common, id: "d3" });
      await world.ports.messages.amend({ type: "deletion", ...common, id: "d3", seq: 3 });
      await world.ports.messages.amend(edit("again", 4));
      expect(JSON.stringify(await world.ports.messages.page(room, { limit: 9 }))).not.to.match(/secret|again/);
      expect(await message()).to.include({ content: "", deletedAt: common.sentAt });
      expect((await stored()).map(([seq]) => seq)).to.deep.equal([1, 2, 3]);
    });
  });
});
