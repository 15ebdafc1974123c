// What a conversation has in the store.
import { expect } from "chai";
import type { Entry } from "#protocol/messages.ts";
import type { ChatWorld } from "./chat-world.ts";

export async function stored(world: ChatWorld, conversation: string): Promise<readonly Entry[]> {
  return (await world.ports.messages.page(conversation, { limit: 100, after: 0 })).entries;
}

export function expectGapFree(entries: readonly Entry[]): void {
  expect(entries.map(({ seq }) => seq)).to.deep.equal(entries.map((_, at) => at + 1));
}
