// Which operation answers which command.
import type { Command, CommandAck } from "#protocol/dialects/dialect.ts";
import type { AckFields, Request } from "#protocol/messages.ts";
import { amendMessage } from "./amend-message.ts";
import { catchUp } from "./catch-up.ts";
import { getMessages } from "./get-messages.ts";
import { joinRoom } from "./join-room.ts";
import { leaveRoom } from "./leave-room.ts";
import { listConversations } from "./list-conversations.ts";
import { listMembers } from "./list-members.ts";
import { noteReceipt } from "./note-receipt.ts";
import type { Connection, Ports, Snapshot } from "./ports.ts";
import { refreshIdentity } from "./refresh-identity.ts";
import { resume } from "./resume.ts";
import { sendMessage } from "./send-message.ts";
import { setName } from "./set-name.ts";
import { showTyping } from "./show-typing.ts";
import { whoAmI } from "./who-am-i.ts";

/**
 * @param askedAt when API Gateway had the frame; milliseconds since 1970
 * @throws ChatError for a refusal; anything else is a defect or an outage
 */
export async function answerCommand(
  ports: Ports,
  caller: Connection,
  command: Command,
  snapshot: Snapshot,
  askedAt: number,
): Promise<CommandAck> {
  if (command.action === "catchUp") return { type: "ack", action: "catchUp", count: await catchUp(ports, caller) };
  const fields =
    command.action === "sendMessage"
      ? await sendMessage(ports, caller, command, snapshot)
      : await answerRequest(ports, caller, command, snapshot, askedAt);
  return { type: "ack", action: command.action, ...fields } as CommandAck;
}

function answerRequest(
  ports: Ports,
  caller: Connection,
  request: Exclude<Request, { action: "sendMessage" }>,
  snapshot: Snapshot,
  askedAt: number,
): Promise<AckFields[Request["action"]]> {
  switch (request.action) {
    case "setName":
      return setName(ports, caller, request.name);
    case "joinRoom":
      return joinRoom(ports, caller, request.room);
    case "leaveRoom":
      return leaveRoom(ports, caller, request.room);
    case "members":
      return listMembers(ports, caller, request.room);
    case "editMessage":
    case "deleteMessage":
      return amendMessage(ports, caller, request, snapshot);
    case "getMessages":
      return getMessages(ports, caller, request);
    case "resume":
      return resume(ports, caller, request);
    case "conversations":
      return listConversations(ports, caller);
    case "typing":
      return showTyping(ports, caller, request, snapshot, askedAt);
    case "receipt":
      return noteReceipt(ports, caller, request, snapshot);
    case "refresh":
      return refreshIdentity(ports, caller, request.token);
    case "whoami":
      return Promise.resolve(whoAmI(ports, caller));
    case "ping":
      return Promise.resolve({ at: new Date(ports.clock.now()).toISOString() });
    default:
      return unanswered(request);
  }
}

/** What nobody does is not acknowledged either. */
function unanswered(request: never): never {
  throw new Error(`Nothing answers ${JSON.stringify((request as { action?: unknown }).action)}`);
}
