// Which operation answers which request.
import type { AckFields, Action, Request } from "#protocol/messages.ts";
import { getMessages } from "./get-messages.ts";
import { joinRoom } from "./join-room.ts";
import { leaveRoom } from "./leave-room.ts";
import { listMembers } from "./list-members.ts";
import { type Connection, type Ports, personOf } from "./ports.ts";
import { sendMessage } from "./send-message.ts";
import { setName } from "./set-name.ts";

/** @throws ChatError for a refusal; anything else is a defect or an outage */
export async function answerRequest(ports: Ports, caller: Connection, request: Request): Promise<AckFields[Action]> {
  switch (request.action) {
    case "setName":
      return setName(ports, caller, request.name);
    case "joinRoom":
      return joinRoom(ports, caller, request.room);
    case "leaveRoom":
      return leaveRoom(ports, caller, request.room);
    case "sendMessage":
      return sendMessage(ports, caller, request);
    case "getMessages":
      return getMessages(ports, caller, request);
    case "members":
      return listMembers(ports, caller, request.room);
    case "whoami":
      return { connectionId: caller.connectionId, user: personOf(caller) };
    case "ping":
      return { at: new Date(ports.clock.now()).toISOString() };
  }
}
