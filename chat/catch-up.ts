// MessageAI's clients ask once for everything they missed, and get it pushed message by message.
import { type DeliverPorts, deliver } from "./deliver.ts";
import type { Connection, Ports } from "./ports.ts";

const PAGE = 100;

/** Answers with how many messages were pushed. */
export async function catchUp(
  ports: DeliverPorts & Pick<Ports, "inboxes" | "messages">,
  caller: Connection,
): Promise<number> {
  let count = 0;
  for (const { conversation, missedFrom } of await ports.inboxes.list(caller.userId)) {
    if (missedFrom === undefined) continue;
    const pushed = await pushFrom(ports, caller, conversation, missedFrom);
    count += pushed.count;
    if (!pushed.all) break;
    await ports.inboxes.settle(caller.userId, conversation, missedFrom);
  }
  return count;
}

async function pushFrom(
  ports: DeliverPorts & Pick<Ports, "messages">,
  caller: Connection,
  conversation: string,
  missedFrom: number,
): Promise<{ readonly count: number; readonly all: boolean }> {
  let count = 0;
  let after = missedFrom - 1;
  for (;;) {
    const { entries, more } = await ports.messages.page(conversation, { after, limit: PAGE });
    for (const entry of entries) {
      after = entry.seq;
      if (entry.type !== "message" || entry.deletedAt || entry.sender.id === caller.userId) continue;
      const reached = await deliver(ports, { type: "entry", entry, direct: true }, [caller], {
        userId: entry.sender.id,
        ...(caller.dialect ? { dialect: caller.dialect } : {}),
      });
      if (!reached.has(caller.userId)) return { count, all: false };
      count++;
    }
    if (!more) return { count, all: true };
  }
}
