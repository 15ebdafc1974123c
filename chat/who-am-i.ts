import type { AckFields } from "#protocol/messages.ts";
import { type Connection, type Ports, personOf } from "./ports.ts";
import { secondsUntil } from "./seconds-until.ts";

export function whoAmI({ clock, rules }: Pick<Ports, "clock" | "rules">, caller: Connection): AckFields["whoami"] {
  const { connectionId, expiresAt } = caller;
  const ends = rules.tokens && expiresAt !== undefined;
  return {
    connectionId,
    user: personOf(caller),
    ...(ends && { expiresInSeconds: secondsUntil(expiresAt, clock.now()) }),
  };
}
