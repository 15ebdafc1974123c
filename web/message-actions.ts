// What people may do with a message of their own. The buttons are always there for the keyboard, and show when they are needed.
import { create } from "./element.ts";
import type { ShownMessage } from "./timeline.ts";

export interface MessageActions {
  edit(message: ShownMessage): void;
  remove(message: ShownMessage): Promise<void>;
}

const ICONS = {
  edit: "M4 20h4L19 9l-4-4L4 16v4Zm12.4-16.4 4 4 1-1a2 2 0 0 0 0-2.8l-1.2-1.2a2 2 0 0 0-2.8 0l-1 1Z",
  remove: "M9 3h6l1 2h4v2H4V5h4l1-2ZM6 9h12l-1 12H7L6 9Zm4 2v8h1.5v-8H10Zm3 0v8h1.5v-8H13Z",
} as const;

export function drawActions(message: ShownMessage, actions: MessageActions): HTMLElement {
  const row = create("div", { className: "actions" });
  row.append(
    button("Edit message", ICONS.edit, () => actions.edit(message)),
    button("Delete message", ICONS.remove, () => void actions.remove(message)),
  );
  return row;
}

function button(label: string, path: string, act: () => void): HTMLButtonElement {
  const element = create("button", { className: "icon" });
  element.type = "button";
  element.title = label;
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  element.append(icon(path));
  return element;
}

function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  shape.setAttribute("fill", "currentColor");
  svg.append(shape);
  return svg;
}
