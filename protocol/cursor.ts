// Where a page of history goes on. Clients hand it back as they got it; what is in it may change.
import { refusal } from "./fields.ts";

export interface Place {
  readonly before?: number;
  readonly after?: number;
}

export function cursorTo(place: Place): string {
  return place.before === undefined ? `n${place.after ?? 0}` : `o${place.before}`;
}

/**
 * @param field what it is called by who sent it
 * @throws ChatError `invalid_request` for what is no cursor of ours
 */
export function placeOf(cursor: string, field = "cursor"): Place {
  const [, direction, digits] = /^([on])(\d{1,15})$/.exec(cursor) ?? [];
  if (digits === undefined) {
    throw refusal(field, cursor, "one of an earlier answer");
  }
  return direction === "o" ? { before: Number(digits) } : { after: Number(digits) };
}
