import type { ConnectionState } from "#client/connection.ts";
import { byId } from "./element.ts";

export interface EmptyPlace {
  readonly title: string;
  readonly isPrivate: boolean;
}

/** What stands where no message is: what is the matter, and what to do. */
export function showEmptyState(isEmpty: boolean, place: EmptyPlace, state: ConnectionState): void {
  const [title, text] = wordsFor(place, state);
  byId("empty", HTMLElement).hidden = !isEmpty;
  byId("empty-title", HTMLElement).textContent = title;
  byId("empty-text", HTMLElement).textContent = text;
}

function wordsFor(place: EmptyPlace, state: ConnectionState): readonly [title: string, text: string] {
  if (state.status === "open") {
    if (place.isPrivate) return [`Just you and ${place.title}`, "What you write here, nobody else can read."];
    return [
      `Nothing said in ${place.title} yet`,
      "Say hello! Open this page in a second window to see the answer arrive.",
    ];
  }
  if (state.status === "connecting") return ["One moment…", "Connecting to the chat."];
  if (state.retryInMs === undefined) return ["The connection is closed", "Press Open to continue."];
  return ["There is no connection to the chat", "It is tried again by itself. Press Open to try at once."];
}
