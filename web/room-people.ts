// Who is in the room, and the notes about who comes, goes and is renamed.
import type { Person, Push } from "#protocol/messages.ts";
import { type Roster, rosterAfter, rosterOf, shownName } from "./roster.ts";

type Presence = Extract<Push, { readonly type: "presence" }>;

export interface RoomPeoplePorts {
  changed(roster: Roster): void;
  note(words: string): void;
  me(): string;
}

export class RoomPeople {
  readonly #ports: RoomPeoplePorts;
  #roster: Roster = new Map();

  constructor(ports: RoomPeoplePorts) {
    this.#ports = ports;
  }

  get roster(): Roster {
    return this.#roster;
  }

  are(people: readonly Person[]): void {
    this.#change(rosterOf(people));
  }

  renamed(person: Person): void {
    if (this.#roster.has(person.id)) this.#change(new Map(this.#roster).set(person.id, person));
  }

  presence(presence: Presence): void {
    const { event, user } = presence;
    const known = this.#roster.get(user.id);
    this.#change(rosterAfter(this.#roster, presence));
    if (user.id === this.#ports.me()) return;
    if (event === "join" && known === undefined) this.#ports.note(`${shownName(user)} joined`);
    if (event === "leave" && known !== undefined) this.#ports.note(`${shownName(user)} left`);
    if (event === "rename" && known !== undefined && known.name !== user.name) {
      this.#ports.note(`${shownName(known)} is now called ${shownName(user)}`);
    }
  }

  #change(roster: Roster): void {
    this.#roster = roster;
    this.#ports.changed(roster);
  }
}
