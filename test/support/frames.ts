// Frames as clients write them, read or refused.
import { readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError } from "#protocol/errors.ts";

/** What a connection has shown of its dialect. */
export type Known = Parameters<typeof readFrame>[1];

export function read(frame: unknown, known?: Known): ReturnType<typeof readFrame> {
  return readFrame(typeof frame === "string" ? frame : JSON.stringify(frame), known);
}

export function refused(frame: unknown, known?: Known): ChatError {
  const { command } = read(frame, known);
  if (!(command instanceof ChatError)) throw new Error(`accepted: ${JSON.stringify(command)}`);
  return command;
}

/** What system 3 has to say at least. */
export const MESSAGE_AI = {
  action: "sendMessage",
  messageId: "m1",
  conversationId: "c1",
  senderId: "u1",
  senderName: "Ann",
  recipientId: "u2",
  content: "x",
  timestamp: "t",
};
