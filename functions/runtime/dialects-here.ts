// What connections speak, as far as this instance of the function has read it: a refusal that comes before the row is read – of too many
// frames, or because nothing can be read – is written as the client reads it. What a connection speaks never changes once it is known.
import type { DialectName } from "#protocol/dialects/dialect.ts";

/** Above this many, what was noted longest ago is forgotten. */
const MANY = 10_000;

export interface DialectsHere {
  recall(connectionId: string): DialectName | undefined;
  note(connectionId: string, dialect: DialectName | undefined): void;
}

export function dialectsHere(most = MANY): DialectsHere {
  const known = new Map<string, DialectName>();
  return {
    recall: (connectionId) => known.get(connectionId),
    note(connectionId, dialect) {
      if (dialect === undefined || known.has(connectionId)) return;
      const [oldest] = known.keys();
      if (oldest !== undefined && known.size >= most) known.delete(oldest);
      known.set(connectionId, dialect);
    },
  };
}
