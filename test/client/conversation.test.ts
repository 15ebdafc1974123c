import { expect } from "chai";
import fc from "fast-check";
import { Conversation } from "#client/conversation.ts";
import type { Message } from "#protocol/messages.ts";

function message(seq: number): Message {
  return {
    conversation: "room:r",
    seq,
    id: `m${seq}`,
    sender: { id: "u" },
    content: "",
    sentAt: "2025-01-01T00:00:00.000Z",
  };
}

function seqs(messages: readonly Message[]): number[] {
  return messages.map(({ seq }) => seq);
}

function startedAfter(seq: number): Conversation {
  const conversation = new Conversation();
  conversation.startAfter(seq);
  return conversation;
}

describe("client/conversation", () => {
  it("delivers the next message at once", () => {
    expect(seqs(startedAfter(4).accept(message(5)))).to.deep.equal([5]);
  });

  it("keeps back what comes too early until the missing one is here", () => {
    const conversation = startedAfter(4);
    expect(seqs(conversation.accept(message(7)))).to.deep.equal([]);
    expect(seqs(conversation.accept(message(6)))).to.deep.equal([]);
    expect(conversation.highestWaiting).to.equal(7);
    expect(seqs(conversation.accept(message(5)))).to.deep.equal([5, 6, 7]);
    expect(conversation.highestWaiting).to.equal(undefined);
  });

  it("delivers a message once, however often it comes", () => {
    const conversation = startedAfter(4);
    conversation.accept(message(5));
    expect(conversation.accept(message(5))).to.deep.equal([]);
    expect(conversation.accept(message(3))).to.deep.equal([]);
  });

  it("keeps everything back until it is told where to begin", () => {
    const conversation = new Conversation();
    expect(conversation.accept(message(9))).to.deep.equal([]);
    expect(conversation.accept(message(11))).to.deep.equal([]);
    expect(conversation.accept(message(8))).to.deep.equal([]);
    expect(seqs(conversation.startAfter(8))).to.deep.equal([9]);
    expect(conversation.highestWaiting).to.equal(11);
  });

  it("fills a gap with what the store has", () => {
    const conversation = startedAfter(4);
    conversation.accept(message(7));
    const settled = conversation.settle([message(5), message(6)], 7);
    expect(seqs(settled.messages)).to.deep.equal([5, 6, 7]);
    expect(settled.gaps).to.deep.equal([]);
  });

  it("skips what the store does not have, and says so", () => {
    const conversation = startedAfter(4);
    conversation.accept(message(9));
    const settled = conversation.settle([message(6)], 9);
    expect(seqs(settled.messages)).to.deep.equal([6, 9]);
    expect(settled.gaps).to.deep.equal([
      { from: 5, to: 5 },
      { from: 7, to: 8 },
    ]);
  });

  it("does not skip beyond what the store has spoken for", () => {
    const conversation = startedAfter(4);
    conversation.accept(message(9));
    expect(seqs(conversation.settle([message(6)], 6).messages)).to.deep.equal([6]);
    expect(seqs(conversation.accept(message(7)))).to.deep.equal([7]);
    expect(seqs(conversation.accept(message(8)))).to.deep.equal([8, 9]);
  });

  it("delivers a skipped message late rather than never, and only once", () => {
    const conversation = startedAfter(4);
    conversation.accept(message(6));
    conversation.settle([], 6);
    expect(seqs(conversation.accept(message(5)))).to.deep.equal([5]);
    expect(conversation.accept(message(5))).to.deep.equal([]);
  });

  it("begins with an unannounced message, and takes those it overtook", () => {
    const conversation = new Conversation();
    expect(seqs(conversation.startWith(message(2)))).to.deep.equal([2]);
    expect(seqs(conversation.accept(message(1)))).to.deep.equal([1]);
    expect(conversation.accept(message(2))).to.deep.equal([]);
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
        const delivered: Message[] = [];
        [...order, ...repeats].forEach((seq, index) => {
          if (index === startAt) delivered.push(...conversation.startAfter(0));
          delivered.push(...conversation.accept(message(seq)));
        });
        if (startAt >= order.length + repeats.length) delivered.push(...conversation.startAfter(0));
        expect(seqs(delivered)).to.deep.equal(range(count));
      }),
    );
  });

  it("delivers all that is stored in order when some pushes are lost for good", () => {
    const pushes = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pushes, (arrives) => {
        const conversation = startedAfter(0);
        const delivered = arrives.flatMap((isHere, index) => (isHere ? conversation.accept(message(index + 1)) : []));
        const after = conversation.last ?? 0;
        const stored = range(arrives.length).slice(after);
        const settled = conversation.settle(stored.map(message), arrives.length);
        expect(seqs([...delivered, ...settled.messages])).to.deep.equal(range(arrives.length));
        expect(settled.gaps).to.deep.equal([]);
      }),
    );
  });
});

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
