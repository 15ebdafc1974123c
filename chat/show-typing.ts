// Shown to who is here, and never stored. It is a sign of life that is soon repeated: so it is not shown again at once, and not when it is late.
import type { AckFields, Request } from "#protocol/messages.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type PlacePorts, placeFor } from "./place.ts";
import { type Connection, type Ports, personOf, type Snapshot } from "./ports.ts";
import { tell } from "./tell.ts";
import { TYPING_IS_NEWS_MS } from "./typing-is-news.ts";

/** Below the three seconds after which clients say it again, and what the way may take longer one time than another. */
const QUIET_MS = 2_000;
/** @param askedAt when API Gateway had the frame; milliseconds since 1970 */
export async function showTyping(
  ports: PlacePorts & DeliverPorts & Pick<Ports, "told">,
  caller: Connection,
  { to }: Extract<Request, { action: "typing" }>,
  snapshot: Snapshot,
  askedAt: number,
): Promise<AckFields["typing"]> {
  const place = await placeFor(ports, caller, to, snapshot);
  const { conversation } = place;
  const until = askedAt + TYPING_IS_NEWS_MS;
  const toWhom = "connection" in to ? to.connection : "all";
  if (ports.clock.now() >= until) return {};
  if (!ports.told.isNews(typingKey(conversation, caller.userId, toWhom), QUIET_MS)) return {};
  const typing = { type: "typing", conversation, user: personOf(caller) } as const;
  if (place.direct) await deliver(ports, typing, place.known, caller, until);
  else await tell(ports, typing, caller, { at: askedAt, until });
  return {};
}

/** What was being typed is there: what is typed next is news. */
export function typingIsOver({ told }: Pick<Ports, "told">, conversation: string, userId: string): void {
  told.forget(typingKey(conversation, userId, "all"));
}

function typingKey(conversation: string, userId: string, toWhom: string): string {
  return JSON.stringify(["typing", conversation, userId, toWhom]);
}
