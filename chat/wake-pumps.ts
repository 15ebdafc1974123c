// An entry was stored for a large audience: somebody has to push it to each shard of the members. Who holds a shard's lease reads on until
// there is nothing new, and looks once more after giving the lease back; so nobody has to be woken where one is held.
import type { Ports } from "./ports.ts";

export type WakePorts = Pick<Ports, "leases" | "pumps" | "clock">;

export async function wakePumps(
  { leases, pumps, clock }: WakePorts,
  { conversation, shards, seq }: { readonly conversation: string; readonly shards: number; readonly seq: number },
): Promise<void> {
  const held = await leases.held(conversation, shards);
  const free = Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !held.has(shard));
  await Promise.all(free.map((shard) => pumps.start({ conversation, shard, seq, at: clock.now() })));
}
