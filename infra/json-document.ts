/**
 * A document of JSON within Terraform, written as Terraform's own jsonencode would: its keys in order, and what HTML would misread escaped.
 * So HCL can say it as `jsonencode(…)`, over several lines, and it is the same to the last byte.
 */
export function jsonDocument(value: unknown): string {
  return JSON.stringify(value, inOrder).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** For JSON.stringify. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
