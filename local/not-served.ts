/** The resources that have no meaning here, for one line: each by its address, many of a type together. */
export function notServedLine(addresses: readonly string[]): string {
  const byType = new Map<string, string[]>();
  for (const address of addresses) {
    const type = address.replace(/\.[^.]*$/, "");
    byType.set(type, [...(byType.get(type) ?? []), address]);
  }
  const shown = [...byType].flatMap(([type, of]) => (of.length > 3 ? `${type}.* (${of.length})` : of));
  return `not served here: ${shown.join(", ")}`;
}
