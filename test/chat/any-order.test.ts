// Whatever happens in whatever order – people come, speak, lose frames, lose their connection without a word, come back and resume –
// everybody ends up with the room as it is: each entry once, in order, none missing.
import { expect } from "chai";
import fc from "fast-check";
import type { Entry } from "#protocol/messages.ts";
import { type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const ROOM = "room:general";
const USERS = ["ann", "bob", "cid"];

/** One user with a client that does what docs/protocol.md tells clients to do, and nothing more. */
class Person {
  readonly userId: string;
  readonly #world: ChatWorld;
  /** seq → content, of what was got by push, ack or resume. */
  readonly got = new Map<number, string>();
  connectionId: string | undefined;
  /** The last seq from which on nothing is missing; undefined: never joined. */
  last: number | undefined;
  #count = 0;

  constructor(world: ChatWorld, userId: string) {
    this.#world = world;
    this.userId = userId;
  }

  async come(): Promise<void> {
    if (this.connectionId) return;
    this.connectionId = `${this.userId}-${++this.#count}`;
    this.#world.make(this.connectionId, "sent");
    await this.#world.open(this.connectionId, { userId: this.userId, dialect: "native" });
    const ack = await this.#ask({ action: "joinRoom", room: "general" });
    if (this.last === undefined) this.last = ack.seq as number;
    else await this.resume();
  }

  /** The socket is gone, and nobody was told. */
  vanish(): void {
    this.read();
    if (this.connectionId) this.#world.make(this.connectionId, "gone");
    this.connectionId = undefined;
  }

  /** The network loses what is pushed from now on, or stops doing so. */
  lose(losing: boolean): void {
    if (this.connectionId) this.#world.make(this.connectionId, losing ? "failed" : "sent");
  }

  async say(content: string, times: number): Promise<void> {
    if (!this.connectionId) return;
    const frame = { action: "sendMessage", to: { room: "general" }, content, id: content };
    const acks = await Promise.all(Array.from({ length: times }, () => this.#ask(frame)));
    for (const { seq } of acks) this.#take(seq as number, content);
  }

  async resume(): Promise<void> {
    if (!this.connectionId || this.last === undefined) return;
    this.read();
    for (let more = true; more; ) {
      const conversations = [{ conversation: ROOM, after: this.last }];
      const answer = await this.#ask({ action: "resume", conversations });
      const [part] = answer.conversations as [{ entries: Entry[]; more: boolean; recovered: boolean }];
      expect(part.recovered).to.equal(true);
      for (const entry of part.entries) this.#take(entry.seq, "content" in entry ? entry.content : "");
      this.last = Math.max(this.last, part.entries.at(-1)?.seq ?? 0);
      more = part.more;
    }
  }

  /** Takes in what was pushed. */
  read(): void {
    if (!this.connectionId) return;
    for (const frame of this.#world.sentTo(this.connectionId)) {
      if (frame.type === "message") this.#take(frame.seq as number, frame.content as string);
    }
  }

  #take(seq: number, content: string): void {
    const known = this.got.get(seq);
    if (known !== undefined) expect(known, `seq ${seq} for ${this.userId}`).to.equal(content);
    this.got.set(seq, content);
  }

  async #ask(frame: object): Promise<Record<string, unknown>> {
    const answer = await this.#world.say(this.connectionId ?? "", frame);
    expect(answer, JSON.stringify(frame)).to.include({ type: "ack" });
    return answer as Record<string, unknown>;
  }
}

type Step = (people: readonly Person[], number: number) => Promise<void> | void;

const who = fc.nat({ max: USERS.length - 1 });
const step = (name: string, of: fc.Arbitrary<number>, run: (person: Person, number: number) => Promise<void> | void) =>
  of.map((at): Step & { toString(): string } =>
    Object.assign((people: readonly Person[], number: number) => run(people[at] as Person, number), {
      toString: () => `${USERS[at]} ${name}`,
    }),
  );

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: step("comes", who, (person) => person.come()) },
    { weight: 1, arbitrary: step("vanishes", who, (person) => person.vanish()) },
    { weight: 1, arbitrary: step("loses frames", who, (person) => person.lose(true)) },
    { weight: 1, arbitrary: step("loses no more", who, (person) => person.lose(false)) },
    { weight: 1, arbitrary: step("resumes", who, (person) => person.resume()) },
    { weight: 5, arbitrary: step("says", who, (person, number) => person.say(`m${number}`, 1)) },
    { weight: 2, arbitrary: step("says twice", who, (person, number) => person.say(`m${number}`, 2)) },
  ),
  { maxLength: 25 },
);

describe("in any order of events", function () {
  this.timeout(120_000);

  it("everybody who comes back has the room as it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 3 }), async (lanes) => {
        const world = await openChatWorld({ shards: 2 });
        try {
          const people = USERS.map((userId) => new Person(world, userId));
          let number = 0;
          // steps of one lane follow one another; those of different lanes happen at the same time
          const longest = Math.max(...lanes.map((lane) => lane.length));
          for (let at = 0; at < longest; at++) {
            const round = uniqueByPerson(lanes.flatMap((lane) => lane[at] ?? []));
            await Promise.all(round.map((run) => run(people, ++number)));
          }
          await expectAllRight(world, people);
        } finally {
          await world.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** One person does one thing at a time. */
function uniqueByPerson(round: readonly Step[]): readonly Step[] {
  const byPerson = new Map(round.map((run) => [String(run).split(" ")[0], run]));
  return [...byPerson.values()];
}

async function expectAllRight(world: ChatWorld, people: readonly Person[]): Promise<void> {
  for (const person of people) {
    await person.come();
    person.lose(false);
    await person.resume();
  }
  const { entries } = await world.ports.messages.page(ROOM, { limit: 100, after: 0 });
  expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, at) => at + 1));
  const contents = entries.map((entry) => ("content" in entry ? entry.content : ""));
  expect(new Set(contents).size, "each message once").to.equal(contents.length);
  for (const { got, userId } of people) {
    const first = Math.min(...got.keys());
    const missing = contents.flatMap((_, at) => (at + 1 >= first && !got.has(at + 1) ? [at + 1] : []));
    expect(missing, `missing for ${userId}`).to.deep.equal([]);
    for (const [seq, content] of got) expect(contents[seq - 1]).to.equal(content);
  }
  // who has vanished is found out by the next message, and is in the room no more
  await people[0]?.say("the last word", 1);
  const audience = await world.ports.memberships.audience(ROOM);
  expect(audience.map(({ connectionId }) => connectionId).sort()).to.deep.equal(
    people.flatMap(({ connectionId }) => connectionId ?? []).sort(),
  );
}
