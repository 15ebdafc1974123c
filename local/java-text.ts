// Values as Java writes them, for API Gateway is made of it: lists and maps look like `[a, b]` and `{a=b}`.

/** Text that is done, or a value that is still to be written. */
type Piece = { readonly text: string } | { readonly value: unknown };

/**
 * A missing value is empty. Not recursive: a message can be nested deeper than the call stack is. `count` hears how much is
 * written, and may throw.
 */
export function textOf(value: unknown, count?: (characters: number) => void): string {
  if (typeof value === "string") return value;
  const done: string[] = [];
  const waiting: Piece[] = [{ value }];
  for (let piece = waiting.pop(); piece; piece = waiting.pop()) {
    if ("value" in piece && typeof piece.value === "object" && piece.value !== null) {
      for (const part of piecesOf(piece.value).reverse()) waiting.push(part);
      continue;
    }
    const text = "text" in piece ? piece.text : String(piece.value ?? "");
    count?.(text.length);
    done.push(text);
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
