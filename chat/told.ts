// What was told a moment ago, in memory: free of calls, and known to one instance of the function only. What another instance was asked to
// tell is told by it, too.
import type { Clock } from "./ports.ts";
import type { Told } from "./signal-ports.ts";

/** Above this many, what was told longest ago is forgotten. */
const MANY = 10_000;

export function toldHere(clock: Clock): Told {
  const toldAt = new Map<string, number>();
  return {
    isNews(what, quietMs) {
      const now = clock.now();
      const before = toldAt.get(what);
      if (before !== undefined && now - before < quietMs) return false;
      // so that the map begins with what was told longest ago
      toldAt.delete(what);
      const [oldest] = toldAt.keys();
      if (oldest !== undefined && toldAt.size >= MANY) toldAt.delete(oldest);
      toldAt.set(what, now);
      return true;
    },
    forget: (what) => void toldAt.delete(what),
  };
}
