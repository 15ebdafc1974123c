// Signals as each member of a large audience is shown them: in our own protocol all in one frame, which is the same for everybody.
import type { ChatEvent, DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed } from "#protocol/dialects/read-frame.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Signal } from "#protocol/messages.ts";
import type { Clock, Member } from "./ports.ts";
import type { NotedSignal } from "./signal-ports.ts";
import { TYPING_IS_NEWS_MS } from "./typing-is-news.ts";

export interface SignalPack {
  /** How many are named. */
  readonly count: number;
  /** Of `fields`, at most. */
  readonly bytes: number;
  /** What stands beside entries in a native frame: `,"signals":[…]`; empty when nothing is worth telling any more. */
  fields(): string;
  /** What a member is shown alone; none when there is nothing to be shown, or it is about themselves. */
  framesFor(member: Member): readonly string[];
}

type SignalsEvent = Extract<ChatEvent, { type: "signals" }>;

/** So much of a frame names people at most; the rest is counted. */
const MOST_BYTES = 8 * 1024;
/** Who they are does not matter: to whom a signal is not shown is decided before. */
const ANYBODY = { self: false, own: false };

/** @param folded oldest first, all of one conversation */
export function packSignals(folded: readonly [NotedSignal, ...NotedSignal[]], clock: Clock): SignalPack {
  const named = newest(folded);
  const unnamed = folded.slice(0, folded.length - named.length);
  const { conversation } = folded[0].signal;
  const texts = new FreshTexts(clock, named, (fresh) => eventOf(conversation, fresh, unnamed));
  const whom = new Set(named.map(({ signal }) => signal.user.id));
  const [only] = unnamed.length === 0 && whom.size === 1 ? whom : [];
  const isForAll = named.some(({ signal }) => signal.type === "presence" && signal.event === "rename");
  const assumed = folded[0].dialect ?? "native";
  return {
    count: named.length,
    bytes: Buffer.byteLength(texts.fields()),
    fields: () => texts.fields(),
    framesFor(member) {
      if (member.userId === only && !isForAll) return [];
      return texts.frames(member.dialect ?? assumed, member.name !== undefined);
    },
  };
}

function newest(folded: readonly NotedSignal[]): readonly NotedSignal[] {
  let bytes = 0;
  let from = folded.length;
  for (; from > 0 && folded.length - from < LIMITS.signalsPerPush; from--) {
    bytes += Buffer.byteLength(JSON.stringify(folded[from - 1]?.signal)) + 1;
    if (bytes > MOST_BYTES && from < folded.length) break;
  }
  return folded.slice(from);
}

function eventOf(
  conversation: string,
  signals: readonly Signal[],
  unnamed: readonly NotedSignal[],
): SignalsEvent | undefined {
  const counts: Partial<Record<Signal["type"], number>> = {};
  for (const { signal } of unnamed) counts[signal.type] = (counts[signal.type] ?? 0) + 1;
  // those that are not named are older: who has said it last is the last to have stopped
  if (!signals.some(({ type }) => type === "typing")) delete counts.typing;
  const others = Object.keys(counts).length === 0 ? {} : { others: counts };
  if (signals.length === 0 && others.others === undefined) return undefined;
  return { type: "signals", conversation, signals, ...others };
}

/** The texts of the frames, made again without the typing that has become late while they were posted. */
class FreshTexts {
  readonly #clock: Clock;
  readonly #named: readonly NotedSignal[];
  readonly #eventOf: (fresh: readonly Signal[]) => SignalsEvent | undefined;
  readonly #texts = new Map<string, readonly string[]>();
  #event: SignalsEvent | undefined;
  #freshUntil = Number.NEGATIVE_INFINITY;

  constructor(
    clock: Clock,
    named: readonly NotedSignal[],
    eventOf: (fresh: readonly Signal[]) => SignalsEvent | undefined,
  ) {
    this.#clock = clock;
    this.#named = named;
    this.#eventOf = eventOf;
  }

  frames(dialect: DialectName, named: boolean): readonly string[] {
    this.#refresh();
    const event = this.#event;
    if (!event) return [];
    return this.#known(`${dialect} ${named}`, () => {
      const frames = dialectNamed(dialect).push(event, { ...ANYBODY, named });
      return frames.map((frame) => JSON.stringify(frame));
    });
  }

  fields(): string {
    this.#refresh();
    const event = this.#event;
    if (!event) return "";
    const [text = ""] = this.#known("fields", () => {
      const [frame] = dialectNamed("native").push(event, { ...ANYBODY, named: true });
      if (!frame) return [];
      const { signals, others } =
        "signals" in frame ? (frame as SignalsEvent) : { signals: [frame], others: undefined };
      const counted = others === undefined ? "" : `,"others":${JSON.stringify(others)}`;
      return [`,"signals":${JSON.stringify(signals)}${counted}`];
    });
    return text;
  }

  #refresh(): void {
    const now = this.#clock.now();
    if (now < this.#freshUntil) return;
    const fresh = this.#named.filter((one) => endOf(one) > now);
    this.#freshUntil = Math.min(...fresh.map(endOf), Number.POSITIVE_INFINITY);
    this.#event = this.#eventOf(fresh.map(({ signal }) => signal));
    this.#texts.clear();
  }

  #known(key: string, make: () => readonly string[]): readonly string[] {
    const known = this.#texts.get(key);
    if (known) return known;
    const texts = make();
    this.#texts.set(key, texts);
    return texts;
  }
}

function endOf({ signal, at }: NotedSignal): number {
  return signal.type === "typing" ? at + TYPING_IS_NEWS_MS : Number.POSITIVE_INFINITY;
}
