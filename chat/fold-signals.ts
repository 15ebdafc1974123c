// What is left to be told of signals that have waited together: of each user what is so now, and nothing of what has ended meanwhile.
import type { NotedSignal } from "./signal-ports.ts";
import { TYPING_IS_NEWS_MS } from "./typing-is-news.ts";

/** @param noted oldest first; so is the answer */
export function foldSignals(noted: readonly NotedSignal[], now: number): readonly NotedSignal[] {
  const latest = new Map<string, NotedSignal>();
  const stays = new Map<string, Stay>();
  for (const one of noted) {
    const { signal } = one;
    const user = signal.user.id;
    if (signal.type === "presence") {
      stays.set(user, staysOn(stays.get(user), one));
      continue;
    }
    if (signal.type === "typing" && now - one.at >= TYPING_IS_NEWS_MS) continue;
    const key = signal.type === "typing" ? `typing ${user}` : `${signal.kind} ${user}`;
    const before = latest.get(key)?.signal;
    if (before?.type === "receipt" && signal.type === "receipt" && before.seq > signal.seq) continue;
    latest.set(key, one);
  }
  const presences = [...stays.values()].flatMap(outcome);
  return [...latest.values(), ...presences].sort((a, b) => a.key - b.key);
}

/** What a user did in the meantime. */
interface Stay {
  /** Whether they came or went, first and last. */
  readonly first?: "join" | "leave";
  readonly last?: "join" | "leave";
  readonly isRenamed: boolean;
  readonly newest: NotedSignal;
}

function staysOn(before: Stay | undefined, newest: NotedSignal): Stay {
  const event = newest.signal.type === "presence" ? newest.signal.event : "rename";
  if (event === "rename") return { ...before, isRenamed: true, newest };
  return { first: before?.first ?? event, last: event, isRenamed: before?.isRenamed ?? false, newest };
}

/** Who came and went, or went and came, is where they were. */
function outcome({ first, last, isRenamed, newest }: Stay): readonly NotedSignal[] {
  const isBack = first !== last;
  if (isBack && (last === "leave" || !isRenamed)) return [];
  const event = last === undefined || isBack ? "rename" : last;
  return newest.signal.type === "presence" ? [{ ...newest, signal: { ...newest.signal, event } }] : [];
}
