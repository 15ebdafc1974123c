// System 0, the chat walkthrough (`socketAPI`): everything that reaches `$default` is a text for all the others, and each frame it gets is put through JSON.parse.
import { checkedContent, type Frame } from "../fields.ts";
import type { ChatEvent, Command, Dialect, Recipient } from "./dialect.ts";
import { native } from "./native.ts";

const TEXT_KEYS = ["content", "message", "data", "text", "body"] as const;

export const walkthrough: Dialect = {
  name: "walkthrough",
  actions: "any",

  /** `actionn`: its page really misspells the key. A frame without any action but with a text is taken for its, too. */
  recognises(frame: Frame): boolean {
    return frame.actionn !== undefined || (frame.action === undefined && textIn(frame) !== undefined);
  },

  parse(frame: Frame, text: string): Command {
    return relay(textIn(frame) ?? text);
  },

  push(event: ChatEvent, recipient: Recipient) {
    if (event.type !== "entry" || event.entry.type !== "message" || recipient.self) return [];
    // the text under `message` as well: what these pages read
    return [{ ...event.entry, message: event.entry.content }];
  },

  ack: (ack, command) => (ack.action === "sendMessage" ? undefined : native.ack(ack, command)),
  error: native.error,
};

/** A frame that is not JSON at all is relayed as it is. */
export function relay(text: string): Command {
  return { action: "sendMessage", to: { everyone: true }, content: checkedContent(text) };
}

function textIn(frame: Frame): string | undefined {
  for (const key of TEXT_KEYS) {
    const value = frame[key];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
