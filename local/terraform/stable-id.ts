import { createHash } from "node:crypto";

const characters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id as AWS would make one, but the same at each start, because it comes from the Terraform address. */
export function stableId(address: string, length = 10): string {
  const bytes = createHash("sha512").update(address).digest();
  return Array.from(bytes.subarray(0, length), (byte) => characters[byte % characters.length]).join("");
}
