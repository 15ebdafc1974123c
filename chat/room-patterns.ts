// Rooms are named in settings and tokens in full, or by how their names begin and a `*`.

export function matchesRoom(pattern: string, room: string): boolean {
  return pattern === room || (pattern.endsWith("*") && room.startsWith(pattern.slice(0, -1)));
}

/** What is said of the room: the longest pattern that matches decides, a full name before all. */
export function ofClosest<T>(settings: Readonly<Record<string, T>>, room: string): T | undefined {
  const patterns = Object.keys(settings).filter((pattern) => matchesRoom(pattern, room));
  const [closest] = patterns.sort((a, b) => Number(b === room) - Number(a === room) || b.length - a.length);
  return closest === undefined ? undefined : settings[closest];
}
