import { expect } from "chai";
import fc from "fast-check";
import { amended, continues, type Line, placeOf, type ShownMessage } from "#web/timeline.ts";

const NOON = Date.parse("2025-06-01T12:00:00.000Z");

function said(seconds: number, about: { seq?: number; conversation?: string; sender?: string } = {}): Line {
  const at = new Date(NOON + seconds * 1000).toISOString();
  const { conversation = "room:tea", sender = "ann", ...seq } = about;
  const message = { conversation, id: `${seconds}`, sender: { id: sender }, content: "", sentAt: at, ...seq };
  return { key: `${conversation} ${sender} ${seconds}`, at, message };
}

function note(seconds: number): Line {
  return { key: `note ${seconds}`, at: new Date(NOON + seconds * 1000).toISOString(), note: "Ann joined" };
}

describe("web/timeline", () => {
  it("puts messages of a conversation in the order of seq, whatever their clocks say", () => {
    const entries = [said(10, { seq: 1 }), said(5, { seq: 3 })];
    expect(placeOf(entries, said(30, { seq: 2 }))).to.equal(1);
    expect(placeOf(entries, said(0, { seq: 4 }))).to.equal(2);
  });

  it("puts messages of different conversations, and notes, in the order of time", () => {
    const entries = [said(10, { seq: 7 }), said(20, { seq: 8 })];
    expect(placeOf(entries, said(15, { seq: 1, conversation: "lobby" }))).to.equal(1);
    expect(placeOf(entries, note(15))).to.equal(1);
    expect(placeOf(entries, note(20))).to.equal(2);
  });

  it("keeps a message on its way at the end, below those that arrive meanwhile", () => {
    const entries = [said(10, { seq: 1 }), said(15)];
    expect(placeOf(entries, said(20, { seq: 2 }))).to.equal(1);
    expect(placeOf(entries, said(21))).to.equal(2);
  });

  it("gives one order, in whatever order the messages of a conversation come", () => {
    const seqs = Array.from({ length: 12 }, (_, index) => index + 1);
    fc.assert(
      fc.property(fc.shuffledSubarray(seqs, { minLength: 12 }), (order) => {
        const entries: Line[] = [];
        for (const seq of order) {
          const entry = said(seq, { seq });
          entries.splice(placeOf(entries, entry), 0, entry);
        }
        expect(entries.map(({ message }) => message?.seq)).to.deep.equal(seqs);
      }),
    );
  });

  it("does not repeat the sender who goes on within five minutes", () => {
    expect(continues(said(10), said(0))).to.equal(true);
    expect(continues(said(301), said(0))).to.equal(false);
    expect(continues(said(10, { sender: "bob" }), said(0))).to.equal(false);
    expect(continues(said(10, { conversation: "lobby" }), said(0))).to.equal(false);
    expect(continues(said(10), note(0))).to.equal(false);
    expect(continues(said(10), undefined)).to.equal(false);
  });

  it("shows a message as its last edit made it", () => {
    const message = edited(edited(MESSAGE, 10, "one"), 20, "two");
    expect(message).to.include({ content: "two", editedAt: at(20) });
  });

  it("does not turn a message of the history back into what an earlier edit made of it", () => {
    const message = { ...MESSAGE, content: "two", editedAt: at(20) };
    expect(edited(message, 10, "one")).to.equal(message);
  });

  it("shows nothing of a deleted message, whatever edits it had", () => {
    const deleted = amended(MESSAGE, { type: "deletion", ...amendment(30) });
    expect(deleted).to.include({ content: "", deletedAt: at(30) });
    expect(edited(deleted, 40, "again")).to.equal(deleted);
    expect(edited(MESSAGE, 20, ""), "an edit whose words were withdrawn").to.equal(MESSAGE);
  });
});

const MESSAGE = { conversation: "room:tea", id: "m", sender: { id: "ann" }, content: "zero", sentAt: at(0), seq: 1 };

function at(seconds: number): string {
  return new Date(NOON + seconds * 1000).toISOString();
}

function amendment(seconds: number) {
  return {
    conversation: "room:tea",
    seq: seconds,
    id: `${seconds}`,
    sender: { id: "ann" },
    sentAt: at(seconds),
    of: 1,
  };
}

function edited(message: ShownMessage, seconds: number, content: string): ShownMessage {
  return amended(message, { type: "edit", ...amendment(seconds), content });
}
