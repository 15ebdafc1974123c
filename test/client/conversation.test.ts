import { expect } from "chai";
import fc from "fast-check";
import { Conversation, type Step } from "#client/conversation.ts";
import type { Entry } from "#protocol/messages.ts";

/** Of every kind, in turn. */
function entry(seq: number): Entry {
  const common = {
    conversation: "room:r",
    seq,
    id: `m${seq}`,
    sender: { id: "u" },
    sentAt: "2025-01-01T00:00:00.000Z",
  };
  if (seq % 3 === 1) return { type: "message", ...common, content: "" };
  return seq % 3 === 2
    ? { type: "edit", ...common, of: seq - 1, content: "" }
    : { type: "deletion", ...common, of: seq - 2 };
}

/** Seqs, and gaps as they are. */
function told(steps: readonly Step[]): (number | Step)[] {
  return steps.map((step) => ("seq" in step ? step.seq : step));
}

function startedAfter(seq: number): Conversation {
  const conversation = new Conversation();
  conversation.startAfter(seq);
  return conversation;
}

describe("client/conversation", () => {
  it("delivers the next message at once", () => {
    expect(told(startedAfter(4).accept(entry(5)))).to.deep.equal([5]);
  });

  it("keeps back what comes too early until the missing one is here", () => {
    const conversation = startedAfter(4);
    expect(told(conversation.accept(entry(7)))).to.deep.equal([]);
    expect(told(conversation.accept(entry(6)))).to.deep.equal([]);
    expect(conversation.highestWaiting).to.equal(7);
    expect(told(conversation.accept(entry(5)))).to.deep.equal([5, 6, 7]);
    expect(conversation.highestWaiting).to.equal(undefined);
  });

  it("delivers a message once, however often it comes", () => {
    const conversation = startedAfter(4);
    conversation.accept(entry(5));
    expect(conversation.accept(entry(5))).to.deep.equal([]);
    expect(conversation.accept(entry(3))).to.deep.equal([]);
  });

  it("keeps everything back until it is told where to begin", () => {
    const conversation = new Conversation();
    expect(conversation.accept(entry(9))).to.deep.equal([]);
    expect(conversation.accept(entry(11))).to.deep.equal([]);
    expect(conversation.accept(entry(8))).to.deep.equal([]);
    expect(told(conversation.startAfter(8))).to.deep.equal([9]);
    expect(conversation.highestWaiting).to.equal(11);
  });

  it("fills a gap with what the store has", () => {
    const conversation = startedAfter(4);
    conversation.accept(entry(7));
    expect(told(conversation.settle([entry(5), entry(6)], 7))).to.deep.equal([5, 6, 7]);
  });

  it("skips what the store does not have, and says so in its place", () => {
    const conversation = startedAfter(4);
    conversation.accept(entry(9));
    expect(told(conversation.settle([entry(6)], 9))).to.deep.equal([{ from: 5, to: 5 }, 6, { from: 7, to: 8 }, 9]);
  });

  it("does not skip beyond what the store has spoken for", () => {
    const conversation = startedAfter(4);
    conversation.accept(entry(9));
    expect(told(conversation.settle([entry(6)], 6))).to.deep.equal([{ from: 5, to: 5 }, 6]);
    expect(told(conversation.accept(entry(7)))).to.deep.equal([7]);
    expect(told(conversation.accept(entry(8)))).to.deep.equal([8, 9]);
  });

  it("delivers nothing out of order, also when what was skipped turns up", () => {
    const conversation = startedAfter(4);
    conversation.accept(entry(6));
    conversation.settle([], 6);
    expect(conversation.accept(entry(5))).to.deep.equal([]);
  });

  it("begins anew when told to", () => {
    const conversation = startedAfter(4);
    expect(told(conversation.startAfter(0))).to.deep.equal([]);
    expect(told(conversation.accept(entry(1)))).to.deep.equal([1]);
  });

  it("delivers any jumble of pushes, repeated or not, in order and each once", () => {
    const jumble = fc
      .integer({ min: 1, max: 30 })
      .chain((count) =>
        fc.tuple(
          fc.constant(count),
          fc.shuffledSubarray(range(count), { minLength: count }),
          fc.array(fc.integer({ min: 1, max: count })),
          fc.nat(count),
        ),
      );
    fc.assert(
      fc.property(jumble, ([count, order, repeats, startAt]) => {
        const conversation = new Conversation();
        const delivered: Entry[] = [];
        [...order, ...repeats].forEach((seq, index) => {
          if (index === startAt) delivered.push(...conversation.startAfter(0));
          delivered.push(...conversation.accept(entry(seq)));
        });
        if (startAt >= order.length + repeats.length) delivered.push(...conversation.startAfter(0));
        expect(told(delivered)).to.deep.equal(range(count));
      }),
    );
  });

  it("delivers all that is stored in order when some pushes are lost for good", () => {
    const pushes = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pushes, (arrives) => {
        const conversation = startedAfter(0);
        const delivered = arrives.flatMap((isHere, index) => (isHere ? conversation.accept(entry(index + 1)) : []));
        const after = conversation.last ?? 0;
        const stored = range(arrives.length).slice(after);
        const settled = conversation.settle(stored.map(entry), arrives.length);
        expect(told([...delivered, ...settled])).to.deep.equal(range(arrives.length));
      }),
    );
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
