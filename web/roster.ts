// Who is in the room: what the last join or reconnect said, and every change since.
import type { Person, Push } from "#protocol/messages.ts";

type Presence = Extract<Push, { readonly type: "presence" }>;

export type Roster = ReadonlyMap<string, Person>;

export function rosterOf(members: readonly Person[]): Roster {
  return new Map(members.map((person) => [person.id, person]));
}

export function rosterAfter(roster: Roster, { event, user }: Presence): Roster {
  const after = new Map(roster);
  if (event === "leave") after.delete(user.id);
  else after.set(user.id, user);
  return after;
}

/** Ourselves first, the others by name. */
export function inOrder(roster: Roster, me: string): readonly Person[] {
  const byName = [...roster.values()].sort((one, other) => shownName(one).localeCompare(shownName(other)));
  return [...byName.filter(({ id }) => id === me), ...byName.filter(({ id }) => id !== me)];
}

export function shownName({ name, id }: Person): string {
  return name ?? `Guest ${id.slice(0, 6)}`;
}
