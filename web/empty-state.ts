import type { ConnectionState } from "#client/connection.ts";
import { byId } from "./element.ts";

/** What stands where no message is: what is the matter, and what to do. */
export function showEmptyState(isEmpty: boolean, room: string, state: ConnectionState): void {
  const [title, text] = wordsFor(room, state);
  byId("empty", HTMLElement).hidden = !isEmpty;
  byId("empty-title", HTMLElement).textContent = title;
  byId("empty-text", HTMLElement).textContent = text;
}

function wordsFor(room: string, state: ConnectionState): readonly [title: string, text: string] {
  if (state.status === "open") {
    return [`Nothing said in #${room} yet`, "Say hello! Open this page in a second window to see the answer arrive."];
  }
  if (state.status === "connecting") return ["One moment…", "Connecting to the chat."];
  if (state.retryInMs === undefined) return ["The connection is closed", "Press Open to continue."];
  return ["The chat cannot be reached", "It is tried again by itself. Press Open to try at once."];
}
