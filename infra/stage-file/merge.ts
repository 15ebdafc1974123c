// How a stage file changes the file it extends: JSON Merge Patch, RFC 7396. Objects – sections, and maps such as routes and tags
// alike – merge key by key at every depth, any other value replaces, and null removes what is inherited.
import type { LocatedObject, Member } from "./located.ts";
import { type Place, pointerTo, type StageProblem } from "./problem.ts";

export interface Merged {
  readonly root: LocatedObject;
  /** Pointers of what a null removed, and where: a required value that is missing is missed there. */
  readonly removed: ReadonlyMap<string, Place>;
  readonly problems: readonly StageProblem[];
}

/** Merges a chain of files, the most basic first. */
export function mergeChain(chain: readonly [LocatedObject, ...LocatedObject[]]): Merged {
  const state = { removed: new Map<string, Place>(), problems: [] as StageProblem[] };
  let root: LocatedObject = { kind: "object", place: chain[0].place, members: new Map() };
  for (const file of chain) root = mergeObject(root, file, [], state);
  return { root, ...state };
}

interface State {
  readonly removed: Map<string, Place>;
  readonly problems: StageProblem[];
}

function mergeObject(base: LocatedObject, patch: LocatedObject, at: readonly string[], state: State): LocatedObject {
  const members = new Map<string, Member>(base.members);
  for (const [key, { keyPlace, value }] of patch.members) {
    const path = [...at, key];
    if (value.kind === "object") {
      const inherited = members.get(key)?.value;
      const below = inherited?.kind === "object" ? inherited : { ...value, members: new Map() };
      members.set(key, { keyPlace, value: mergeObject(below, value, path, state) });
    } else if (value.value !== null) {
      members.set(key, { keyPlace, value });
    } else if (members.delete(key)) {
      state.removed.set(pointerTo(path), value.place);
    } else {
      const expected = "a value; null removes what is inherited, and nothing is inherited here";
      state.problems.push({ ...value.place, pointer: pointerTo(path), found: "null", expected });
    }
  }
  return { kind: "object", place: patch.place, members };
}
