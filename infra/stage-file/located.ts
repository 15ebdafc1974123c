import type { Place } from "./problem.ts";

/** JSON that remembers where each key and value was written, so that a merged stage can still say which file is at fault. */
export type Located = LocatedObject | LocatedValue;

export interface LocatedObject {
  readonly kind: "object";
  readonly place: Place;
  readonly members: ReadonlyMap<string, Member>;
}

/** Everything that is not an object; arrays count as one value. */
export interface LocatedValue {
  readonly kind: "value";
  readonly place: Place;
  readonly value: unknown;
}

export interface Member {
  readonly keyPlace: Place;
  readonly value: Located;
}

/** The same value without its places. */
export function plain(node: Located): unknown {
  if (node.kind === "value") return node.value;
  return Object.fromEntries([...node.members].map(([key, member]) => [key, plain(member.value)]));
}

export function memberAt(root: LocatedObject, path: readonly PropertyKey[]): Member | undefined {
  let member: Member | undefined;
  let node: Located = root;
  for (const key of path) {
    if (node.kind !== "object") return undefined;
    member = node.members.get(String(key));
    if (member === undefined) return undefined;
    node = member.value;
  }
  return member;
}

/** Where to point for a path that may not exist: its value, else the key of the nearest object above it. */
export function placeOf(root: LocatedObject, path: readonly PropertyKey[]): Place {
  const member = memberAt(root, path);
  if (member !== undefined) return member.value.place;
  for (let length = path.length - 1; length > 0; length--) {
    const above = memberAt(root, path.slice(0, length));
    if (above !== undefined) return above.keyPlace;
  }
  return root.place;
}
