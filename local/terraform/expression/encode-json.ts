import { isMap, sortedKeys } from "./convert.ts";

/** As Terraform's jsonencode(): keys sorted, and the characters escaped that Go escapes, so that hashes of it agree. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(sorted(value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMap(value)) return value ?? null;
  return Object.fromEntries(sortedKeys(value).map((key) => [key, sorted(value[key])]));
}
