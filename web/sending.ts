// A message on its way: shown at once, repeated on request under the same id, so that it is stored once.
import type { Client } from "#client/client.ts";
import { RequestError } from "#client/request-error.ts";
import type { Person, Target } from "#protocol/messages.ts";
import { failureInWords } from "./human-words.ts";
import type { Thread } from "./thread.ts";

export interface Outgoing {
  readonly to: Target;
  readonly conversation: string;
  readonly sender: Person;
  readonly content: string;
}

export function sendMessage(client: Client, thread: Thread, { to, ...outgoing }: Outgoing): void {
  const message = { ...outgoing, id: newMessageId(), sentAt: new Date().toISOString() };
  const attempt = async (): Promise<void> => {
    thread.showSending(message, { status: "sending" });
    try {
      // Answered, the message comes back as an event, and takes its place in the order.
      await client.sendMessage(to, message.content, { id: message.id });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      thread.showSending(message, { status: "failed", why: failureInWords(error), retry: () => void attempt() });
    }
  };
  void attempt();
}

function newMessageId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
