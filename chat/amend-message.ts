// A sender changes or takes back a message. That is an entry of its own, with a seq of its own, so that nobody who was away misses it; the
// message itself is changed after it, so that history shows it as it is.
import { kindOf, LOBBY, participantsOf } from "#protocol/conversations.ts";
import { ChatError } from "#protocol/errors.ts";
import type { AckFields, Entry, Request } from "#protocol/messages.ts";
import { requireAccess } from "./conversation-access.ts";
import { type PlacePorts, placeFor } from "./place.ts";
import { type Connection, type Ports, personOf, type Snapshot } from "./ports.ts";
import { type PublishPorts, publish } from "./publish.ts";

type Amendment = Extract<Request, { action: "editMessage" | "deleteMessage" }>;
type AmendPorts = PlacePorts & PublishPorts & Pick<Ports, "clock" | "ids">;

export async function amendMessage(
  ports: AmendPorts,
  caller: Connection,
  request: Amendment,
  snapshot: Snapshot,
): Promise<AckFields["editMessage"]> {
  const { conversation, of } = request;
  await requireAccess(ports, caller, conversation);
  const message = await ports.messages.entry(conversation, of);
  const common = {
    conversation,
    of,
    id: request.id ?? ports.ids.create(),
    sender: personOf(caller),
    sentAt: new Date(ports.clock.now()).toISOString(),
  };
  const draft =
    request.action === "editMessage"
      ? ({ type: "edit", ...common, content: request.content } as const)
      : ({ type: "deletion", ...common } as const);
  const refused = refusalFor(message, caller, request);
  // what was acknowledged once is acknowledged again, whatever became of the message since
  if (refused && !(request.id && (await ports.messages.isRepeated(draft, request.id)))) throw refused;
  const place = await placeFor(ports, caller, targetOf(conversation, caller), snapshot);
  const { entry } = await publish(ports, caller, place, draft, request.id);
  // also for a repeated request: the first one may have died before it came to this
  if (entry.type !== "message") await ports.messages.amend(entry);
  const { seq, id, sentAt } = entry;
  return { conversation, seq, id, sentAt };
}

function refusalFor(message: Entry | undefined, caller: Connection, { of, action }: Amendment): ChatError | undefined {
  if (message?.type !== "message") return new ChatError("not_found", `There is no message ${of} in this conversation.`);
  if (message.sender.id !== caller.userId) {
    return new ChatError("not_yours", "Only who sent a message may change it or take it back.");
  }
  if (message.deletedAt === undefined || action === "deleteMessage") return undefined;
  return new ChatError("not_found", `Message ${of} was deleted.`);
}

function targetOf(conversation: string, caller: Connection) {
  switch (kindOf(conversation)) {
    case "room":
      return { room: conversation.slice("room:".length) };
    case "direct": {
      const other = participantsOf(conversation).find((user) => user !== caller.userId);
      return { user: other ?? caller.userId };
    }
    default:
      if (conversation === LOBBY) return { everyone: true } as const;
      throw new ChatError("not_found", "The messages of a group belong to the clients of the system that has groups.");
  }
}
