// A chat world in which tokens are asked for, and rooms have rules.
import type { Identity, Rules, Tokens } from "#chat/ports.ts";
import { ChatError } from "#protocol/errors.ts";
import { type Answer, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

export const HOUR = 3_600_000;
export const RULES: Rules = {
  tokens: true,
  namesFromTokens: true,
  rooms: { "team-*": "members", "team-open": "public", news: "read-only" },
};

/** A token is the JSON of its identity; how real ones are verified is tested with the authorizer. */
const tokens: Tokens = {
  verify: async (token) => {
    if (token.startsWith("{")) return JSON.parse(token);
    throw new ChatError("unauthenticated", "This is no token.");
  },
};

export function openTokenWorld(): Promise<ChatWorld> {
  return openChatWorld({ rules: RULES, tokens });
}

export function who(userId: string, more: Partial<Identity> = {}): Identity {
  return { userId, name: userId.toUpperCase(), expiresAt: Date.now() + HOUR, ...more };
}

export function tokenOf(identity: Identity): string {
  return JSON.stringify(identity);
}

export function openNative(world: ChatWorld, connectionId: string, identity: Identity): Promise<void> {
  return world.open(connectionId, { dialect: "native", identity });
}

export function refresh(world: ChatWorld, connectionId: string, identity: Identity): Promise<Answer> {
  return world.say(connectionId, { action: "refresh", token: tokenOf(identity), requestId: "r" });
}
