// A client that was away says the last seq it has of each conversation, and gets exactly what came after it – or is told that it cannot.
import { LIMITS } from "#protocol/limits.ts";
import type { AckFields, Entry, Request } from "#protocol/messages.ts";
import { ANSWER_BYTES, ENTRY_BYTES } from "./answer-bytes.ts";
import { requireAccess } from "./conversation-access.ts";
import type { Connection, Ports } from "./ports.ts";

type Resumed = AckFields["resume"]["conversations"][number];

export async function resume(
  ports: Pick<Ports, "inboxes" | "messages">,
  caller: Connection,
  { conversations }: Extract<Request, { action: "resume" }>,
): Promise<AckFields["resume"]> {
  for (const { conversation } of conversations) await requireAccess(ports, caller, conversation);
  const resumed: Resumed[] = [];
  let bytesLeft = ANSWER_BYTES;
  for (const { conversation, after } of conversations) {
    const one = await resumeOne(ports, conversation, after, bytesLeft);
    bytesLeft -= Buffer.byteLength(JSON.stringify(one.entries));
    resumed.push(one);
  }
  return { conversations: resumed };
}

async function resumeOne(
  ports: Pick<Ports, "messages">,
  conversation: string,
  after: number,
  bytesLeft: number,
): Promise<Resumed> {
  // read before the page: what is stored in between is in the page, or is a live push
  const seq = await ports.messages.lastSeq(conversation);
  // the client knows more than we: this is another store than the one it talked to
  if (after > seq) return { conversation, seq, entries: [], recovered: false, more: false };
  if (after === seq) return { conversation, seq, entries: [], recovered: true, more: false };
  // the answer is full; what is missing here is asked for again
  if (bytesLeft < ENTRY_BYTES) return { conversation, seq, entries: [], recovered: true, more: true };
  const { entries, more } = await ports.messages.page(conversation, {
    after,
    limit: LIMITS.pageOfMessages.most,
    mostBytes: bytesLeft,
  });
  const first: Entry | undefined = entries[0];
  return {
    conversation,
    seq: Math.max(seq, entries.at(-1)?.seq ?? 0),
    entries,
    recovered: first?.seq === after + 1,
    more,
  };
}
