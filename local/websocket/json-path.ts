// The part of JSONPath that names one value: names and indexes, `.a.b[0]['c d']`.

export type JsonPath = readonly (string | number)[];

const pathStep = /\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** From `at` on; throws a sentence about what follows the names and indexes. */
export function parseJsonPath(text: string, at = 0): JsonPath {
  const path: (string | number)[] = [];
  pathStep.lastIndex = at;
  while (pathStep.lastIndex < text.length) {
    const from = pathStep.lastIndex;
    const step = pathStep.exec(text);
    if (!step) throw new Error(`"${text.slice(from)}" is not served: a path has names and indexes, like .a.b[0]`);
    const [, name, index, quoted, doubleQuoted] = step;
    path.push(index === undefined ? (name ?? quoted ?? doubleQuoted ?? "") : Number(index));
  }
  return path;
}

export function valueAt(body: unknown, path: JsonPath): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Text that is done, or a value that is still to be written. */
type Piece = { readonly text: string } | { readonly value: unknown };

/**
 * A missing value is empty; lists and objects look like Java's, `[a, b]` and `{a=b}`. Not recursive: a message can be nested
 * deeper than the call stack is.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const done: string[] = [];
  const waiting: Piece[] = [{ value }];
  for (let piece = waiting.pop(); piece; piece = waiting.pop()) {
    if ("text" in piece) done.push(piece.text);
    else if (typeof piece.value !== "object" || piece.value === null) done.push(String(piece.value ?? ""));
    else for (const part of piecesOf(piece.value).reverse()) waiting.push(part);
  }
  return done.join("");
}

function piecesOf(value: object): Piece[] {
  const isList = Array.isArray(value);
  const pieces: Piece[] = [{ text: isList ? "[" : "{" }];
  for (const [key, one] of Object.entries(value)) {
    const separator = pieces.length > 1 ? ", " : "";
    pieces.push({ text: isList ? separator : `${separator}${key}=` }, { value: one });
  }
  pieces.push({ text: isList ? "]" : "}" });
  return pieces;
}
