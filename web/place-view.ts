import { byId } from "./element.ts";
import type { Place } from "./place.ts";

/** The heading, the way back to the room, and the title of the window, with what was not seen yet. */
export function showPlace(
  place: Place,
  about: { readonly title: string; readonly room: string; readonly unread: number },
): void {
  const { title, room, unread } = about;
  byId("room-title", HTMLElement).textContent = place.kind === "room" ? `# ${place.room}` : title;
  byId("back", HTMLButtonElement).hidden = place.kind === "room";
  byId("back-room", HTMLElement).textContent = `#${room}`;
  document.title = `${unread === 0 ? "" : `(${unread}) `}${title} · Chat`;
}
