// What one `resume` may ask: the protocol's limit of conversations, and what fits into one frame, since a name may be long.
import { LIMITS } from "#protocol/limits.ts";

/** A frame ends at 32 KB (aws facts §5.1); the rest of the request needs little. */
const MOST_BYTES = 30 * 1024;

export function resumeBatches<Item extends { readonly name: string }>(items: readonly Item[]): Item[][] {
  const batches: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const batch = batches.at(-1);
    const more = bytesOf(item.name);
    if (batch === undefined || batch.length === LIMITS.conversationsPerResume || bytes + more > MOST_BYTES) {
      batches.push([item]);
      bytes = more;
    } else {
      batch.push(item);
      bytes += more;
    }
  }
  return batches;
}

/** `{"conversation":…,"after":…},` as it is written. */
function bytesOf(name: string): number {
  return new TextEncoder().encode(JSON.stringify(name)).length + 48;
}
