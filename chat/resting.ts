// Connections whose buffer was full again and again, in memory: free of calls, and known to one instance of the function only. They are
// not tried again for a while, since each try keeps others waiting; what they miss they find by the gap.
import type { Clock } from "./ports.ts";
import type { Resting } from "./post-ports.ts";

/** Above this many, all who rest are tried again. */
const MANY = 10_000;

interface Rest {
  readonly ms: number;
  readonly until: number;
}

/** The first rest of a connection, and the longest: each is twice as long as the one before, until a frame gets through. */
export function restingHere(clock: Clock, ms: { readonly first: number; readonly most: number }): Resting {
  const rests = new Map<string, Rest>();
  return {
    rests(connectionId) {
      const rest = rests.get(connectionId);
      return rest !== undefined && clock.now() < rest.until;
    },
    note(connectionId) {
      const before = rests.get(connectionId);
      if (!before && rests.size >= MANY) rests.clear();
      const next = Math.min(before ? before.ms * 2 : ms.first, ms.most);
      rests.set(connectionId, { ms: next, until: clock.now() + next });
    },
    end: (connectionId) => void rests.delete(connectionId),
  };
}
