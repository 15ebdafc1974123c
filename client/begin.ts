// Where a room begins for us: at its present end, or some entries before it.
import type { Conversations } from "./conversations.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";

export interface BeginPorts {
  readonly requests: Pick<Requests, "ask">;
  readonly conversations: Pick<Conversations, "start">;
  problem(error: RequestError): void;
}

/** Whether there are older entries than those delivered. `older` is where `getMessages` goes on; without it, it begins at the end. */
export interface Earlier {
  readonly earlier: boolean;
  readonly older?: string;
}

interface Beginning {
  readonly conversation: string;
  /** The conversation's last. */
  readonly seq: number;
  /** How many entries up to it to deliver. */
  readonly history: number;
  /** False once the room was left. */
  isWanted(): boolean;
}

export async function begin(
  { requests, conversations, problem }: BeginPorts,
  { conversation, seq, history, isWanted }: Beginning,
): Promise<Earlier> {
  if (history === 0 || seq === 0) {
    conversations.start(conversation, seq);
    return { earlier: seq > 0 };
  }
  try {
    const { entries, older } = await requests.ask({ action: "getMessages", conversation, limit: history });
    if (!isWanted()) return { earlier: true };
    conversations.start(conversation, entries.at(-1)?.seq ?? seq, entries);
    return older === undefined ? { earlier: false } : { earlier: true, older };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (!isWanted()) return { earlier: true };
    // The live entries matter more than the old ones, which may be asked for again.
    if (error.code !== "closed") problem(error);
    conversations.start(conversation, seq);
    return { earlier: true };
  }
}
