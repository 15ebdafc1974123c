import type { SendCommand } from "#protocol/dialects/dialect.ts";
import type { AckFields } from "#protocol/messages.ts";
import { type PlacePorts, placeFor } from "./place.ts";
import { type Connection, type Ports, personOf, type Snapshot } from "./ports.ts";
import { type PublishPorts, publish } from "./publish.ts";
import { requireThread } from "./require-thread.ts";
import { typingIsOver } from "./show-typing.ts";

export type SendPorts = PlacePorts & PublishPorts & Pick<Ports, "clock" | "ids" | "told">;

/** `reached`: how many other users were shown it at once. */
export async function sendMessage(
  ports: SendPorts,
  caller: Connection,
  command: SendCommand,
  snapshot: Snapshot,
): Promise<AckFields["sendMessage"] & { readonly reached: number }> {
  const place = await placeFor(ports, caller, command.to, snapshot);
  if (command.thread !== undefined) await requireThread(ports, caller, place, command.thread, snapshot);
  const draft = {
    type: "message",
    conversation: place.conversation,
    id: command.id ?? ports.ids.create(),
    sender: personOf(caller),
    content: command.content,
    sentAt: new Date(ports.clock.now()).toISOString(),
    ...(command.extra === undefined ? {} : { extra: extraOf(ports, caller, command.extra) }),
  } as const;
  typingIsOver(ports, place.conversation, caller.userId);
  const { entry, reached } = await publish(ports, caller, place, draft, command.id);
  const { conversation, seq, id, sentAt } = entry;
  return { conversation, seq, id, sentAt, reached };
}

/** A name that its sender wrote into it is nobody's word for who they are, where tokens say that. */
function extraOf({ rules }: SendPorts, { name, userId }: Connection, extra: NonNullable<SendCommand["extra"]>) {
  if (!rules.tokens || extra.senderName === undefined) return extra;
  return { ...extra, senderName: name ?? userId };
}
