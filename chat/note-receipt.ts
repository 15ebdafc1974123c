// A device says how far its user has received or read a conversation. Only that counts as delivered: that a frame was accepted by API
// Gateway does not mean that anybody got it (aws facts §7.5).
import { kindOf, participantsOf } from "#protocol/conversations.ts";
import { refusal } from "#protocol/fields.ts";
import type { AckFields, Request } from "#protocol/messages.ts";
import { requireAccess } from "./conversation-access.ts";
import { type DeliverPorts, deliver } from "./deliver.ts";
import { type Connection, type Member, type Ports, personOf, type Snapshot } from "./ports.ts";
import { smallAudience } from "./small-audience.ts";

type ReceiptPorts = DeliverPorts & Pick<Ports, "inboxes" | "messages" | "receipts" | "snapshots">;

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
    const audience = await audienceOf(ports, conversation);
    await deliver(
      ports,
      event,
      audience.filter(({ userId }) => userId !== caller.userId),
      caller,
    );
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

async function audienceOf(ports: ReceiptPorts, conversation: string): Promise<readonly Member[]> {
  if (kindOf(conversation) !== "direct") return (await smallAudience(ports, conversation)) ?? [];
  const users = participantsOf(conversation);
  const now = await ports.snapshots.read({ users });
  return users.flatMap((user) => now.devices(user) ?? []);
}
