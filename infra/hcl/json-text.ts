// Which texts of cdk.tf.json are documents of JSON that HCL can say as `jsonencode(…)`.
import { jsonDocument } from "../json-document.ts";
import { isSequence, partsOf } from "./template.ts";

/** Of Unicode's private use, and so in no document of ours: what is interpolated stands between them, by its number. */
const [OPEN, CLOSE] = ["\ue000", "\ue001"];

/**
 * What jsonencode has to be given so that it writes the text as it stands, byte for byte; the texts in it are templates as before. undefined:
 * the text is no such document.
 */
export function documentIn(text: string): object | undefined {
  if (!/^[[{]./s.test(text) || text.includes(OPEN)) return undefined;
  const parts = partsOf(text);
  const sequences = parts.filter(isSequence);
  // what is written only on a condition may begin and end anywhere
  if (sequences.some((sequence) => sequence.startsWith("%{"))) return undefined;
  let at = 0;
  const plain = parts.map((part) => (isSequence(part) ? `${OPEN}${at++}${CLOSE}` : part)).join("");
  const value = parsed(plain);
  if (typeof value !== "object" || value === null || jsonDocument(value) !== plain) return undefined;
  return restored(value, sequences) as object;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function restored(value: unknown, sequences: readonly string[]): unknown {
  if (typeof value === "string")
    return value.replace(/\ue000(\d+)\ue001/g, (_, at: string) => sequences[Number(at)] ?? "");
  if (Array.isArray(value)) return value.map((each) => restored(each, sequences));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [restored(key, sequences), restored(each, sequences)]),
  );
}
