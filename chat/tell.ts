// Tells a room or the lobby who comes, goes, types and reads: a small audience at once, a large one by its pumps, one that is larger than
// `signalsAudienceLimit` not at all – that would be a push from everybody to everybody, and cost more than all that is said.
import type { Signal } from "#protocol/messages.ts";
import { type Cause, type DeliverPorts, deliver } from "./deliver.ts";
import { type Member, peopleOf } from "./ports.ts";
import type { LargeAudience } from "./signal-ports.ts";
import { wakePumps } from "./wake-pumps.ts";

export type Audience =
  | { readonly isLarge: false; readonly members: readonly Member[] }
  | ({ readonly isLarge: true } & LargeAudience);

export interface Moment {
  /** Since when it is so; milliseconds since 1970. */
  readonly at: number;
  /** When it is not worth telling any more. */
  readonly until?: number;
}

/** A large one is as it was a moment ago. */
export async function audienceOf(
  ports: Pick<DeliverPorts, "memberships" | "largeAudiences" | "directAudienceLimit" | "signalsAudienceLimit">,
  conversation: string,
): Promise<Audience> {
  const { memberships, largeAudiences, directAudienceLimit, signalsAudienceLimit } = ports;
  const known = largeAudiences.recall(conversation);
  if (known) return { isLarge: true, ...known };
  const most = Math.max(directAudienceLimit, signalsAudienceLimit);
  const { members, shards } = await memberships.atMost(conversation, most + 1);
  if (members.length <= directAudienceLimit) return { isLarge: false, members };
  const large = { shards, isTooLarge: members.length > signalsAudienceLimit };
  largeAudiences.note(conversation, large);
  return { isLarge: true, ...large };
}

export async function tell(ports: DeliverPorts, signal: Signal, cause: Cause, moment: Moment): Promise<void> {
  const audience = await audienceOf(ports, signal.conversation);
  if (audience.isLarge) await tellMany(ports, signal, cause, { ...moment, audience });
  else await tellAtOnce(ports, signal, audience.members, cause, moment.until);
}

export async function tellAtOnce(
  ports: DeliverPorts,
  signal: Signal,
  members: readonly Member[],
  cause: Cause,
  until?: number,
): Promise<void> {
  const event = signal.type === "presence" ? { ...signal, members: peopleOf(members) } : signal;
  await deliver(ports, event, members, cause, until);
}

/** Noted before it is asked who pushes: whoever does at that moment finds it, or lets us start the next. */
export async function tellMany(
  ports: DeliverPorts,
  signal: Signal,
  { dialect }: Cause,
  { at, audience }: Moment & { readonly audience: LargeAudience },
): Promise<void> {
  if (audience.isTooLarge) return;
  const key = await ports.signals.note({ signal, at, ...(dialect === undefined ? {} : { dialect }) });
  await wakePumps(ports, { conversation: signal.conversation, shards: audience.shards, signal: key });
}

/** The same for what has happened already, and would not be undone by an error: it may be that nobody is told. */
export async function tellManyIfPossible(...told: Parameters<typeof tellMany>): Promise<void> {
  await tellMany(...told).catch(() => {});
}
