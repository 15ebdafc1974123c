// Where a page of history goes on. Clients hand it back as they got it; what is in it may change.
import { ChatError } from "./errors.ts";

export interface Place {
  readonly before?: number;
  readonly after?: number;
}

export function cursorTo(place: Place): string {
  return place.before === undefined ? `n${place.after ?? 0}` : `o${place.before}`;
}

/** @throws ChatError `invalid_request` for what is no cursor of ours */
export function placeOf(cursor: string): Place {
  const [, direction, digits] = /^([on])(\d{1,15})$/.exec(cursor) ?? [];
  if (digits === undefined) {
    throw new ChatError(
      "invalid_request",
      `"cursor" is ${JSON.stringify(cursor)}; it must be one of an earlier answer.`,
    );
  }
  return direction === "o" ? { before: Number(digits) } : { after: Number(digits) };
}
