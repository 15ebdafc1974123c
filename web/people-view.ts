// The list "Who is here", in which a click on somebody begins a private conversation, and the list of these.
import type { Person } from "#protocol/messages.ts";
import { avatar } from "./avatar.ts";
import { byId, create } from "./element.ts";
import type { PrivateRow } from "./private-people.ts";
import { inOrder, type Roster, shownName } from "./roster.ts";

type Open = (userId: string) => void;

export function showPeople(roster: Roster, me: string, open: Open): void {
  const people = inOrder(roster, me);
  const rows = people.map((person) => (person.id === me ? ownRow(person) : personRow(person, open)));
  const nobody = create("li", { className: "nobody", text: "You see who is here once you are connected." });
  replaceRows(byId("people", HTMLUListElement), rows.length === 0 ? [nobody] : rows);
  byId("people-count", HTMLElement).textContent = String(people.length);
  byId("menu-count", HTMLElement).textContent = String(people.length);
}

export function showPrivate(rows: readonly PrivateRow[], open: Open): void {
  byId("private", HTMLElement).hidden = rows.length === 0;
  replaceRows(
    byId("private-list", HTMLUListElement),
    rows.map((row) => privateRow(row, open)),
  );
  byId("menu", HTMLButtonElement).classList.toggle(
    "news",
    rows.some(({ isNew }) => isNew),
  );
}

function ownRow(person: Person): HTMLLIElement {
  const item = create("li", { className: "me" });
  item.dataset.user = person.id;
  item.append(
    avatar(person),
    create("span", { text: shownName(person) }),
    create("span", { className: "you", text: "(you)" }),
  );
  return item;
}

function personRow(person: Person, open: Open): HTMLLIElement {
  const item = create("li");
  item.dataset.user = person.id;
  const button = create("button", { className: "row" });
  button.type = "button";
  button.title = `Write to ${shownName(person)} in private`;
  button.addEventListener("click", () => open(person.id));
  button.append(avatar(person), create("span", { className: "row-name", text: shownName(person) }));
  item.append(button);
  return item;
}

function privateRow({ person, isHere, isNew, isShown }: PrivateRow, open: Open): HTMLLIElement {
  const item = personRow(person, open);
  const button = item.querySelector("button");
  item.classList.toggle("here", isHere);
  if (isShown) button?.setAttribute("aria-current", "true");
  if (isNew) {
    const badge = create("span", { className: "new" });
    badge.append(create("span", { className: "visually-hidden", text: "new messages" }));
    button?.append(badge);
  }
  return item;
}

/** Whoever is on a row with the keyboard stays on it. */
function replaceRows(list: HTMLUListElement, rows: readonly HTMLLIElement[]): void {
  const focused = list.contains(document.activeElement)
    ? document.activeElement?.closest("li")?.dataset.user
    : undefined;
  list.replaceChildren(...rows);
  if (focused !== undefined)
    rows
      .find(({ dataset }) => dataset.user === focused)
      ?.querySelector("button")
      ?.focus();
}
