// Which conversations have many members, in memory: to count them costs a query of all that are counted, for each sign of life of each of them.
import type { Clock } from "./ports.ts";
import type { LargeAudience, LargeAudiences } from "./signal-ports.ts";

const KNOWN_MS = 30_000;
/** Above this many, what is known is forgotten. */
const MANY = 10_000;

export function largeAudiences(clock: Clock): LargeAudiences {
  const known = new Map<string, { readonly audience: LargeAudience; readonly until: number }>();
  return {
    recall(conversation) {
      const found = known.get(conversation);
      return found && found.until > clock.now() ? found.audience : undefined;
    },
    note(conversation, audience) {
      if (known.size >= MANY) known.clear();
      known.set(conversation, { audience, until: clock.now() + KNOWN_MS });
    },
  };
}
