import { createHash } from "node:crypto";

const OF_GATEWAY: ReadonlyMap<string, string> = new Map([
  ["$connect", "connect"],
  ["$disconnect", "disconnect"],
  ["$default", "default"],
]);

/**
 * The id of a route in Terraform addresses and in the statement of its permission (100 characters at most): the route key
 * where that is possible, else a readable form with a hash, so that two keys never share one.
 */
export function routeId(routeKey: string): string {
  const own = OF_GATEWAY.get(routeKey);
  if (own !== undefined) return own;
  if (/^[A-Za-z][A-Za-z0-9-]{0,59}$/.test(routeKey) && ![...OF_GATEWAY.values()].includes(routeKey)) return routeKey;
  const hash = createHash("sha256").update(routeKey).digest("hex").slice(0, 8);
  return `route-${routeKey.replace(/[^A-Za-z0-9]+/g, "-").slice(0, 40)}-${hash}`;
}
