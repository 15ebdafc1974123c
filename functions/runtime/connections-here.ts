// Of the connections that this instance of the function has read: what they speak, so that a refusal that comes before the row is read – of too
// many frames, or because nothing can be read – is written as the client reads it; and whose they are, so that the user is read beside them.
// Whose a connection is never changes, nor what it speaks once that is known.
import type { Connection } from "#chat/ports.ts";

/** Above this many, what was noted longest ago is forgotten. */
const MANY = 10_000;

export type KnownConnection = Pick<Connection, "userId" | "dialect">;

export interface ConnectionsHere {
  recall(connectionId: string): KnownConnection | undefined;
  note(connection: Pick<Connection, "connectionId" | "userId" | "dialect">): void;
}

export function connectionsHere(most = MANY): ConnectionsHere {
  const known = new Map<string, KnownConnection>();
  return {
    recall: (connectionId) => known.get(connectionId),
    note({ connectionId, userId, dialect }) {
      const before = known.get(connectionId);
      if (before && before.dialect === dialect) return;
      const [oldest] = known.keys();
      if (!before && oldest !== undefined && known.size >= most) known.delete(oldest);
      known.set(connectionId, { userId, ...(dialect && { dialect }) });
    },
  };
}
