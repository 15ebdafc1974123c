import { directConversation } from "#protocol/conversations.ts";
import { cursorTo, placeOf } from "#protocol/cursor.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields, Entry, Request } from "#protocol/messages.ts";
import { ANSWER_BYTES } from "./answer-bytes.ts";
import { requireAccess } from "./conversation-access.ts";
import type { Connection, Page, Ports } from "./ports.ts";

export async function getMessages(
  ports: Pick<Ports, "inboxes" | "messages">,
  caller: Connection,
  request: Extract<Request, { action: "getMessages" }>,
): Promise<AckFields["getMessages"]> {
  const conversation =
    request.with === undefined ? (request.conversation ?? "") : directConversation(caller.userId, request.with);
  await requireAccess(ports, caller, conversation);
  const place = request.cursor === undefined ? {} : placeOf(request.cursor);
  const limit = request.limit ?? LIMITS.pageOfMessages.default;
  const [page, seq] = await Promise.all([
    ports.messages.page(conversation, { ...place, limit, mostBytes: ANSWER_BYTES }),
    ports.messages.lastSeq(conversation),
  ]);
  return { conversation, seq, entries: page.entries, ...cursors(page, place.after !== undefined, seq) };
}

/** A cursor where there is something behind it. The first entry of all is seq 1, but retention may have taken it. */
function cursors({ entries, more }: Page, readsOn: boolean, seq: number): { older?: string; newer?: string } {
  const first: Entry | undefined = entries[0];
  const last: Entry | undefined = entries[entries.length - 1];
  if (!first || !last) return {};
  const older = readsOn ? first.seq > 1 : more;
  const newer = readsOn ? more : last.seq < seq;
  return {
    ...(older ? { older: cursorTo({ before: first.seq }) } : {}),
    ...(newer ? { newer: cursorTo({ after: last.seq }) } : {}),
  };
}
