// The first frame that tells which system's client this is decides how pushes are written for the connection from then on.
import type { DialectName } from "#protocol/dialects/dialect.ts";
import type { Connection, Ports } from "./ports.ts";
import { userBanned } from "./user-banned.ts";

export async function learnDialect(
  ports: Pick<Ports, "connections" | "memberships">,
  caller: Connection,
  dialect: DialectName,
): Promise<Connection> {
  if (caller.dialect !== undefined) return caller;
  const changed = await ports.connections.change(caller, { dialect });
  if (changed === "banned") throw userBanned();
  if (changed === "not_connected") return { ...caller, dialect };
  await Promise.all(
    changed.conversations.map((conversation) =>
      ports.memberships.change(conversation, caller.connectionId, { dialect }),
    ),
  );
  return { ...caller, dialect };
}
