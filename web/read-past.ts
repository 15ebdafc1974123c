// The history of a conversation, page by page, from its end or from where the last page went on.
import type { Client } from "#client/client.ts";
import type { Entry } from "#protocol/messages.ts";
import { attempt } from "./attempt.ts";
import type { Thread } from "./thread.ts";

export const PAGE_ENTRIES = 50;

/** Nothing when it failed, of which the person has been told; the thread then offers to try again. */
export async function readPast(client: Client, conversation: string, thread: Thread): Promise<readonly Entry[]> {
  const before = thread.past;
  const cursor = before === "unknown" ? undefined : before.older;
  const from = cursor === undefined ? {} : { cursor };
  thread.past = before === "unknown" ? { earlier: true } : before;
  const page = await attempt(client.getMessages({ conversation, limit: PAGE_ENTRIES, ...from }));
  if (page === undefined) return [];
  thread.past = page.older === undefined ? { earlier: false } : { earlier: true, older: page.older };
  for (const entry of page.entries) thread.take(entry, { isNews: false });
  return page.entries;
}
