// A member of one room in virtual time, with a client that does what docs/protocol.md tells clients to do: it asks again until it is answered,
// tells a repetition by its seq, and resumes when it comes back. It notes everything that a guarantee speaks of.
import { expect } from "chai";
import type { Entry } from "#protocol/messages.ts";
import type { Answer, ChatWorld } from "./chat-world.ts";
import { entriesIn } from "./run-pumps.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Asks some instance of the message function; undefined when it never answered. */
export type Ask = (connectionId: string, frame: object) => Promise<Answer>;

const ROOM = "room:general";
const TRIES = 50;

interface Here {
  readonly connectionId: string;
  /** Seqs in the order in which they were pushed. */
  readonly pushed: number[];
  /** It asked to join more than once: what two shards push has no order among them. */
  hasMoved: boolean;
}

export class RoomMember {
  readonly userId: string;
  /** seq → content, by push, ack or resume. */
  readonly got = new Map<number, string>();
  /** Content → seq, of what was acknowledged. */
  readonly acknowledged = new Map<string, number>();
  readonly #world: ChatWorld;
  readonly #time: VirtualTime;
  readonly #ask: Ask;
  #here: Here | undefined;
  #isJoined = false;
  #comings = 0;
  /** Everything after it until `#resumedTo` was got; undefined: it has never joined. */
  #joinedAt: number | undefined;

  constructor(world: ChatWorld, time: VirtualTime, userId: string, ask: Ask) {
    this.#world = world;
    this.#time = time;
    this.userId = userId;
    this.#ask = ask;
  }

  get connectionId(): string | undefined {
    return this.#here?.connectionId;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  get joinedAt(): number | undefined {
    return this.#joinedAt;
  }

  async come(): Promise<void> {
    if (this.#here) return;
    const connectionId = `${this.userId}-${++this.#comings}`;
    await this.#time.call(() => this.#world.open(connectionId, { userId: this.userId, dialect: "native" }));
    this.#here = { connectionId, pushed: [], hasMoved: false };
    await this.join();
    await this.resume();
  }

  async join(): Promise<void> {
    const here = this.#here;
    if (!here) return;
    if (this.#isJoined) here.hasMoved = true;
    const { seq } = await this.#answered({ action: "joinRoom", room: "general" }, () => {
      here.hasMoved = true;
    });
    this.#isJoined = true;
    this.#joinedAt ??= seq as number;
  }

  async leave(): Promise<void> {
    if (!this.#here || !this.#isJoined) return;
    await this.#answered({ action: "leaveRoom", room: "general" });
    this.#isJoined = false;
    this.#here.hasMoved = true;
  }

  /** The socket is gone, and nobody was told. */
  vanish(): void {
    if (!this.#here) return;
    this.read();
    this.#world.make(this.#here.connectionId, "gone");
    this.#here = undefined;
    this.#isJoined = false;
  }

  async say(content: string): Promise<void> {
    if (!this.#isJoined) return;
    const { seq } = await this.#answered({ action: "sendMessage", to: { room: "general" }, content, id: content });
    this.acknowledged.set(content, seq as number);
    this.#take(seq as number, content);
  }

  /** Types, and has read what there is: nobody waits for what becomes of that. */
  async signal(): Promise<void> {
    const connectionId = this.#here?.connectionId;
    const seq = Math.max(0, ...this.got.keys());
    if (!connectionId || !this.#isJoined) return;
    await this.#ask(connectionId, { action: "typing", to: { room: "general" } });
    if (seq > 0) await this.#ask(connectionId, { action: "receipt", conversation: ROOM, seq, kind: "read" });
  }

  /** Takes in what was pushed; answers with the seqs. */
  read(): readonly number[] {
    if (!this.#here) return [];
    const { connectionId, pushed, hasMoved } = this.#here;
    const entries = entriesIn(this.#world.sentTo(connectionId));
    for (const { seq, content } of entries) {
      const isNew = !pushed.includes(seq);
      const newest = Math.max(0, ...pushed);
      if (isNew && !hasMoved) expect(seq, `${connectionId} was pushed ${pushed.join()}`).to.be.greaterThan(newest);
      pushed.push(seq);
      this.#take(seq, content);
    }
    return entries.map(({ seq }) => seq);
  }

  /** From the last seq before which nothing is missing. */
  async resume(): Promise<void> {
    if (!this.#isJoined || this.#joinedAt === undefined) return;
    this.read();
    let after = this.#joinedAt;
    while (this.got.has(after + 1)) after++;
    for (let more = true; more; ) {
      const answer = await this.#answered({ action: "resume", conversations: [{ conversation: ROOM, after }] });
      const [part] = answer.conversations as [{ entries: Entry[]; more: boolean; recovered: boolean }];
      expect(part.recovered, `${this.userId} recovered after ${after}`).to.equal(true);
      for (const entry of part.entries) this.#take(entry.seq, "content" in entry ? entry.content : "");
      after = Math.max(after, part.entries.at(-1)?.seq ?? 0);
      more = part.more;
    }
  }

  /** What comes twice comes under the seq it had. */
  #take(seq: number, content: string): void {
    expect(this.got.get(seq) ?? content, `seq ${seq} of ${this.userId}`).to.equal(content);
    this.got.set(seq, content);
  }

  async #answered(frame: object, askingAgain = () => {}): Promise<Readonly<Record<string, unknown>>> {
    for (let tries = 0; tries < TRIES; tries++) {
      const answer = await this.#ask(this.#here?.connectionId ?? "", frame);
      if (answer?.type === "ack") return answer;
      if (answer) expect(answer, JSON.stringify(frame)).to.include({ type: "error", retryable: true });
      await this.#time.sleep(500);
      askingAgain();
    }
    throw new Error(`${this.userId} got no answer to ${JSON.stringify(frame)}`);
  }
}
