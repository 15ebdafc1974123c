import { byId } from "./element.ts";

/** Asks before a message is taken back for everyone; Escape means no. */
export function confirmDeletion(content: string): Promise<boolean> {
  const dialog = byId("deletion", HTMLDialogElement);
  byId("deletion-text", HTMLElement).textContent = content;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "delete"), { once: true });
  });
}
