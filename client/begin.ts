// Where a conversation begins for us: at its present end, or some messages before it.
import type { Conversations } from "./conversations.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";

export interface BeginPorts {
  readonly requests: Pick<Requests, "ask">;
  readonly conversations: Pick<Conversations, "isTracked" | "start">;
  problem(error: RequestError): void;
}

/** `seq`: the conversation's last; `history`: how many messages up to it to deliver. Answers whether there are earlier ones. */
export async function begin(
  { requests, conversations, problem }: BeginPorts,
  { conversation, seq, history }: { readonly conversation: string; readonly seq: number; readonly history: number },
): Promise<boolean> {
  if (history === 0 || seq === 0) {
    conversations.start(conversation, seq);
    return seq > 0;
  }
  try {
    const page = await requests.ask({ action: "getMessages", conversation, limit: history });
    if (!conversations.isTracked(conversation)) return false;
    conversations.start(conversation, page.messages.at(-1)?.seq ?? seq, page.messages);
    return page.more;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    // The live messages matter more than the old ones, which may be asked for again.
    if (error.code !== "closed") problem(error);
    if (conversations.isTracked(conversation)) conversations.start(conversation, seq);
    return true;
  }
}
