import type { Person } from "#protocol/messages.ts";
import { avatar } from "./avatar.ts";
import { byId, create } from "./element.ts";
import { inOrder, type Roster, shownName } from "./roster.ts";

/** The list "Who is here", and the count on the small screen's button. */
export function showPeople(roster: Roster, me: string): void {
  const people = inOrder(roster, me);
  const rows = people.map((person) => row(person, person.id === me));
  const nobody = create("li", { className: "nobody", text: "You see who is here once you are connected." });
  byId("people", HTMLUListElement).replaceChildren(...(rows.length === 0 ? [nobody] : rows));
  byId("people-count", HTMLElement).textContent = String(people.length);
  byId("menu-count", HTMLElement).textContent = String(people.length);
}

function row(person: Person, isMe: boolean): HTMLLIElement {
  const item = create("li");
  item.dataset.user = person.id;
  item.append(avatar(person), create("span", { text: shownName(person) }));
  if (isMe) item.append(create("span", { className: "you", text: "(you)" }));
  return item;
}
