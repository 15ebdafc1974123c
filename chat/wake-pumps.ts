// An entry was stored, or a signal noted, for a large audience: somebody has to push it to each shard of the members. Who holds a shard's lease reads on until
// there is nothing new, and looks once more after giving the lease back; so nobody has to be woken where one is held.
import type { Ports } from "./ports.ts";
import type { PumpOrder } from "./pump-ports.ts";

export type WakePorts = Pick<Ports, "leases" | "pumps" | "clock">;

export async function wakePumps(
  { leases, pumps, clock }: WakePorts,
  { conversation, shards, ...what }: Pick<PumpOrder, "conversation" | "seq" | "signal"> & { readonly shards: number },
): Promise<void> {
  const held = await leases.held(conversation, shards);
  const free = Array.from({ length: shards }, (_, shard) => shard).filter((shard) => !held.has(shard));
  await Promise.all(free.map((shard) => pumps.start({ conversation, shard, ...what, at: clock.now() })));
}
