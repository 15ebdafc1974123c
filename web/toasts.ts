import { byId, create } from "./element.ts";

/** Long enough to be read twice; it can be dismissed before. */
const SHOWN_MS = 8_000;

/** Says what went wrong. The same words are not piled up. */
export function toast(text: string): void {
  const toasts = byId("toasts", HTMLElement);
  for (const shown of toasts.children) if (shown.firstChild?.textContent === text) return;
  const element = create("div", { className: "toast" });
  const dismiss = create("button", { className: "quiet", text: "Dismiss" });
  dismiss.type = "button";
  dismiss.addEventListener("click", () => element.remove());
  element.append(create("p", { text }), dismiss);
  toasts.append(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}
