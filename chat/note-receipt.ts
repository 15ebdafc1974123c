// A device says how far its user has received or read a conversation. Only that counts as delivered: that a frame was accepted by API
// Gateway does not mean that anybody got it (aws facts §7.5).
import { kindOf, participantsOf } from "#protocol/conversations.ts";
import { refusal } from "#protocol/fields.ts";
import type { AckFields, Request } from "#protocol/messages.ts";
import { requireAccess } from "./conversation-access.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type Connection, type Member, type Ports, personOf, type Snapshot } from "./ports.ts";
import { tell } from "./tell.ts";

type ReceiptPorts = DeliverPorts & Pick<Ports, "inboxes" | "messages" | "receipts">;

/** A receipt for what is no news is answered, and told to nobody. */
export async function noteReceipt(
  ports: ReceiptPorts,
  caller: Connection,
  { conversation, seq, kind }: Extract<Request, { action: "receipt" }>,
  snapshot: Snapshot,
): Promise<AckFields["receipt"]> {
  await requireAccess(ports, caller, conversation);
  // only its clients know who is in a group
  if (kindOf(conversation) === "group")
    throw refusal("conversation", conversation, "a room, a direct conversation or the lobby");
  await requireStored(ports, conversation, seq, snapshot);
  if (await ports.receipts.note(conversation, caller.userId, kind, seq)) {
    const event = { type: "receipt", conversation, seq, kind, user: personOf(caller) } as const;
    if (kindOf(conversation) === "direct") await deliver(ports, event, await devicesOf(ports, conversation), caller);
    else await tell(ports, event, caller, { at: ports.clock.now() });
  }
  return {};
}

async function requireStored(
  ports: ReceiptPorts,
  conversation: string,
  seq: number,
  snapshot: Snapshot,
): Promise<void> {
  if (seq <= (snapshot.lastSeq(conversation) ?? 0)) return;
  const last = await ports.messages.lastSeq(conversation);
  if (seq > last) throw refusal("seq", seq, `at most ${last}, the conversation's last`);
}

/** Of both users of a direct conversation. */
async function devicesOf(ports: ReceiptPorts, conversation: string): Promise<readonly Member[]> {
  const users = participantsOf(conversation);
  const now = await ports.snapshots.read({ users });
  return users.flatMap((user) => now.devices(user) ?? []);
}
