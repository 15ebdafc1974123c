// Whatever happens to pushes, answers and connections: the app gets what the store has, from where it came in, in order and each once.
import { expect } from "chai";
import fc from "fast-check";
import { Conversations } from "#client/conversations.ts";
import { RequestError } from "#client/request-error.ts";
import { directConversation } from "#protocol/conversations.ts";
import type { AckFields, Entry } from "#protocol/messages.ts";
import { EntryStore } from "./entry-store.ts";
import { ManualTimers } from "./manual-timers.ts";

const TEA = "room:tea";
const LISTED = directConversation("ann", "bob");
const NEW = directConversation("ann", "cyd");
const NAMES = [TEA, LISTED, NEW];

/** What may happen next. `pick` chooses among what is under way. */
type Event =
  | { readonly kind: "write"; readonly conversation: string; readonly own: boolean }
  | { readonly kind: "arrive" | "repeat" | "drop" | "answer" | "busy"; readonly pick: number }
  | { readonly kind: "lose" | "connect" | "move" | "wait" };

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      conversation: fc.constantFrom(...NAMES),
      own: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("arrive" as const, "repeat", "drop", "answer", "busy"),
      pick: fc.nat(50),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("lose" as const, "connect", "move", "wait") }) },
);

interface Asked {
  /** What the server answers, read when it is answered. */
  answer(): void;
  fail(error: RequestError): void;
}

/** The client's ordering, and a network that does to it what the property says. */
class World {
  readonly store = new EntryStore();
  readonly delivered = new Map<string, number[]>();
  /** The lowest seq of each conversation that reached the client before the list did. */
  readonly early = new Map<string, number>();
  readonly gaps: unknown[] = [];
  readonly #timers = new ManualTimers();
  readonly #pushes: Entry[] = [];
  #asked: Asked[] = [];
  #isConnected = true;
  #isListed = false;
  readonly #conversations = new Conversations({
    timers: this.#timers,
    random: () => 0.5,
    resume: (conversations) => this.#ask(() => this.store.resume({ action: "resume", conversations }, 3).conversations),
    deliver: ({ conversation, seq }) => this.delivered.set(conversation, [...this.#seqs(conversation), seq]),
    gap: (gap) => this.gaps.push(gap),
    problem: (error) => this.gaps.push(error),
  });

  constructor() {
    this.#conversations.expect(TEA);
    this.#list();
  }

  /** The answer to joinRoom. */
  join(): void {
    this.#conversations.start(TEA, this.store.lastSeq(TEA));
  }

  async happen(next: Event): Promise<void> {
    switch (next.kind) {
      case "write":
        this.#write(next.conversation, next.own);
        break;
      case "arrive":
      case "repeat":
      case "drop":
        this.#push(next.kind, next.pick);
        break;
      case "answer":
        this.#take(next.pick)?.answer();
        break;
      case "busy":
        this.#take(next.pick)?.fail(new RequestError("unavailable", "Throttled."));
        break;
      case "lose":
        this.#lose();
        break;
      case "connect":
        this.#connect();
        break;
      case "move":
        this.#move();
        break;
      case "wait":
        this.#timers.advance(60_000);
        break;
    }
    await settled();
  }

  /** A last new connection, after which nothing goes wrong any more. */
  async calm(): Promise<void> {
    if (this.#isConnected) this.#move();
    else this.#connect();
    for (;;) {
      await settled();
      const asked = this.#asked.shift();
      if (asked !== undefined) asked.answer();
      else if (this.#timers.waiting > 0) this.#timers.advance(60_000);
      else return;
    }
  }

  #write(conversation: string, own: boolean): void {
    const seq = this.store.lastSeq(conversation) + 1;
    const common = { conversation, seq, id: `${seq}`, sender: { id: "u" }, sentAt: "2025-01-01T00:00:00.000Z" };
    const kinds: readonly Entry[] = [
      { type: "message", ...common, content: "" },
      { type: "edit", ...common, of: 1, content: "" },
      { type: "deletion", ...common, of: 1 },
    ];
    const entry = kinds[seq % 3];
    if (entry === undefined) throw new Error("unreachable");
    this.store.add(entry);
    if (!this.#isConnected) return;
    // our own comes with the ack, which overtakes pushes
    if (own) this.#receive(entry);
    else this.#pushes.push(entry);
  }

  #push(what: "arrive" | "repeat" | "drop", pick: number): void {
    const place = this.#pushes.length === 0 ? 0 : pick % this.#pushes.length;
    const entry = this.#pushes[place];
    if (entry === undefined) return;
    if (what !== "repeat") this.#pushes.splice(place, 1);
    if (what !== "drop" && this.#isConnected) this.#receive(entry);
  }

  #receive(entry: Entry): void {
    const { conversation, seq } = entry;
    if (!this.#isListed) this.early.set(conversation, Math.min(seq, this.early.get(conversation) ?? seq));
    this.#conversations.receive(entry);
  }

  #take(pick: number): Asked | undefined {
    return this.#asked.length === 0 ? undefined : this.#asked.splice(pick % this.#asked.length, 1)[0];
  }

  #lose(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#conversations.pause();
    for (const { fail } of this.#asked.splice(0)) fail(new RequestError("closed", "Lost."));
  }

  #connect(): void {
    if (this.#isConnected) return;
    this.#isConnected = true;
    this.#conversations.catchUp();
    this.#list();
  }

  /** The connection is replaced by another without a pause. */
  #move(): void {
    if (!this.#isConnected) return;
    for (const { fail } of this.#asked.splice(0)) fail(new RequestError("closed", "Replaced."));
    this.#conversations.catchUp();
    this.#list();
  }

  #list(): void {
    this.#ask(() => {
      const direct = this.store.conversations.filter((name) => name.startsWith("direct:"));
      return direct.map((conversation) => ({ conversation, seq: this.store.lastSeq(conversation) }));
    }).then(
      (list: AckFields["conversations"]["conversations"]) => {
        this.#isListed = true;
        this.#conversations.listed(list);
      },
      (error: RequestError) => {
        // what Discovery does, without the delay
        if (error.code !== "closed") this.#list();
      },
    );
  }

  #ask<Answer>(read: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ answer: () => resolve(read()), fail: reject });
    });
  }

  #seqs(conversation: string): readonly number[] {
    return this.delivered.get(conversation) ?? [];
  }
}

/** Everything that only waited for promises has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

describe("client ordering", () => {
  it("gives the app the store's exact sequence, whatever happens to pushes, answers and connections", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.array(event, { maxLength: 80, size: "max" }), async (before, events) => {
        const world = new World();
        for (let seq = 1; seq <= before; seq += 1) await world.happen({ kind: "write", conversation: TEA, own: true });
        world.join();
        for (const next of events) await world.happen(next);
        await world.calm();
        expect(world.delivered.get(TEA) ?? []).to.deep.equal(range(before + 1, world.store.lastSeq(TEA)));
        for (const conversation of [LISTED, NEW]) {
          const seqs = world.delivered.get(conversation) ?? [];
          // what the first list counts is no news, unless it was here before the list; from there on nothing is missing
          expect(seqs).to.deep.equal(range(seqs[0] ?? 1, seqs.length === 0 ? 0 : world.store.lastSeq(conversation)));
          const early = world.early.get(conversation);
          if (early !== undefined) expect(seqs[0], `first of ${conversation}`).to.be.at.most(early);
        }
        expect(world.gaps).to.deep.equal([]);
      }),
      { numRuns: 1_000 },
    );
  });
});
