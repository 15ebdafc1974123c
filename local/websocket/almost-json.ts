// A message as the selection of its route reads it: on AWS a key without quotes does not keep a message from its route (aws facts
// §3.1, one capture). Of other text that is almost JSON nobody has told; it has no value here.

/** Texts, to leave them as they are – one that does not end, to the end –, and keys without quotes. */
const textOrBareKey = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|([{,]\s*)([A-Za-z_]\w*)(?=\s*:)/g;

/** Throws for what cannot be read. */
export function parseAlmostJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON.parse(
      text.replace(textOrBareKey, (all, before?: string, key?: string) =>
        before === undefined ? all : `${before}"${key}"`,
      ),
    );
  }
}
