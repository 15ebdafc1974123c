import { byId } from "./element.ts";

let answerLast: (yes: boolean) => void = () => {};

/**
 * Asks before a message is taken back for everyone; Escape means no. The event that tells of the end of a question may come when the
 * next one is asked already, or answered: it is no answer to that one, and the answer to that one none to the first.
 */
export function confirmDeletion(content: string): Promise<boolean> {
  answerLast(false);
  const dialog = byId("deletion", HTMLDialogElement);
  byId("deletion-text", HTMLElement).textContent = content;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const closed = (): void => {
      if (!dialog.open) answer(dialog.returnValue === "delete");
    };
    const answer = (yes: boolean): void => {
      dialog.removeEventListener("close", closed);
      resolve(yes);
    };
    dialog.addEventListener("close", closed);
    answerLast = answer;
  });
}
