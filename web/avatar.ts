import type { Person } from "#protocol/messages.ts";
import { create } from "./element.ts";
import { shownName } from "./roster.ts";

/** A round initial in a colour that stays the same for the same person. Decoration: the name stands beside it. */
export function avatar(person: Person): HTMLElement {
  const [initial = "?"] = shownName(person);
  const element = create("span", { className: "avatar", text: initial.toUpperCase() });
  element.setAttribute("aria-hidden", "true");
  element.style.setProperty("--hue", String(hueOf(person.id)));
  return element;
}

function hueOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  // Steps of the golden angle keep neighbouring numbers apart on the colour wheel.
  return Math.round(hash * 137.508) % 360;
}
