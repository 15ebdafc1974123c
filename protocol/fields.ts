// Reads the fields of a frame that came from outside: each function returns the checked value or throws a ChatError that names the field, what it is and what would be right.
import { ChatError } from "./errors.ts";
import { jsonStart } from "./json-start.ts";
import { LIMITS } from "./limits.ts";

/** A parsed JSON object of unknown content. */
export type Frame = Readonly<Record<string, unknown>>;

export function isFrame(value: unknown): value is Frame {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * What ids, names and rooms have none of, as it stands in a regular expression: characters that break the line, or turn the direction of
 * the text around them, so that "Eve \u202ennA" would be shown as "Eve Ann".
 */
export const CONTROLS = "\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069";
const ANY_CONTROL = new RegExp(`[${CONTROLS}]`);

/**
 * What nobody sees when it stands alone: Unicode's Default_Ignorable_Code_Point, the marks of annotations, and the Braille pattern without
 * dots. Joiners are among them, which words and emoji need between what is seen. Spelt out, since it stands in the documents' patterns,
 * too, and not every reader of those knows Unicode's properties.
 */
export const INVISIBLE =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb";
/** Beyond the basic plane: tags, variation selectors, format controls of shorthand and music. */
const INVISIBLE_ASTRAL = "\\u{1bca0}-\\u{1bca3}\\u{1d159}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";
const ANY_VISIBLE = new RegExp(`[^\\s${INVISIBLE}${INVISIBLE_ASTRAL}]`, "u");
const EACH_UNSEEN = new RegExp(`[${CONTROLS}${INVISIBLE}${INVISIBLE_ASTRAL}]`, "gu");

/** A string of 1 to `most` characters, trimmed; control characters are refused, because names and rooms are shown and logged. */
export function shortText(frame: Frame, field: string, most: number): string {
  const value = frame[field];
  if (typeof value !== "string") throw refusal(field, value, `a string of 1 to ${most} characters`);
  const text = value.trim();
  if (text === "" || text.length > most) throw refusal(field, value, `a string of 1 to ${most} characters`);
  if (ANY_CONTROL.test(text)) throw refusal(field, value, "a string without control characters");
  if (!ANY_VISIBLE.test(text)) throw refusal(field, value, "a string with a character that can be seen");
  return wellFormed(text, field);
}

/** A message's text, kept as it is; its size counts in UTF-8 bytes, since that is what a frame carries. */
export function contentText(frame: Frame, field: string): string {
  const value = frame[field];
  if (typeof value !== "string" || value === "") throw refusal(field, value, "a text that is not empty");
  return checkedContent(value);
}

export function checkedContent(text: string): string {
  // what people write is repeated in no error, and so in no log
  if (isIllFormed(text)) throw new ChatError("invalid_request", `The content is not well-formed Unicode.`);
  // as it is written in a frame: what JSON must escape is escaped
  const bytes = utf8Bytes(JSON.stringify(text)) - 2;
  if (bytes > LIMITS.contentBytes) {
    throw new ChatError(
      "message_too_large",
      `The content is ${bytes} bytes long as it is written in a frame; at most ${LIMITS.contentBytes} are allowed.`,
    );
  }
  return text;
}

/** A whole number within bounds, or `otherwise` when the field is not there. */
export function wholeNumber(
  frame: Frame,
  field: string,
  bounds: { readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  const value = frame[field];
  if (value === undefined || value === null) return bounds.otherwise;
  if (typeof value !== "number" || !Number.isInteger(value) || value < bounds.least || value > bounds.most) {
    throw refusal(field, value, `a whole number from ${bounds.least} to ${bounds.most}`);
  }
  return value;
}

export function refusal(field: string, value: unknown, right: string): ChatError {
  return new ChatError("invalid_request", `"${field}" is ${shown(value)}; it must be ${right}.`);
}

const SHOWN_CHARACTERS = 60;

/** A value as it stands in an error: as JSON, with what cannot be seen written as an escape. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = jsonStart(value, SHOWN_CHARACTERS).replace(EACH_UNSEEN, escaped);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 3)}…` : text;
}

/** Each half of a pair by itself, as JSON does it. */
function escaped(unseen: string): string {
  return unseen
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Half of a surrogate pair is no character: it cannot be encoded, neither in UTF-8 nor in a URL. */
function wellFormed(text: string, field: string): string {
  if (!isIllFormed(text)) return text;
  throw refusal(field, text, "well-formed Unicode: it holds half a character");
}

function isIllFormed(text: string): boolean {
  return /[\uD800-\uDFFF]/u.test(text);
}
