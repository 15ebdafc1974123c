/**
 * A text of cdk.tf.json, which Terraform reads as a template, as an expression of HCL: what is not interpolated is escaped, a text that is one
 * interpolation and nothing else is its expression.
 */
export function expressionOf(text: string): string {
  const parts = partsOf(text);
  const [only, ...others] = parts;
  if (others.length === 0 && only?.startsWith("${")) return only.slice(2, -1).trim();
  return `"${parts.map((part) => (isSequence(part) ? part : escaped(part))).join("")}"`;
}

/** Literal texts and sequences, in turns of any length. */
export function partsOf(text: string): string[] {
  const parts: string[] = [];
  let literal = "";
  for (let at = 0; at < text.length; ) {
    if (/^(\$\$|%%)\{/.test(text.slice(at, at + 3))) {
      literal += text.slice(at, at + 3);
      at += 3;
    } else if (isSequence(text.slice(at, at + 2))) {
      const end = endOfSequence(text, at + 2);
      if (literal !== "") parts.push(literal);
      literal = "";
      parts.push(text.slice(at, end));
      at = end;
    } else literal += text[at++];
  }
  return literal === "" ? parts : [...parts, literal];
}

export function isSequence(part: string): boolean {
  return part.startsWith("${") || part.startsWith("%{");
}

/** Behind the brace that closes what was opened before `begin`; braces within texts are none. */
function endOfSequence(text: string, begin: number): number {
  let depth = 1;
  for (let at = begin; at < text.length; at++) {
    if (text[at] === '"') at = endOfText(text, at + 1) - 1;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at + 1;
  }
  throw new Error(`an interpolation does not end: ${text}`);
}

/** Behind the quote that closes a text within an interpolation, which may have interpolations of its own. */
function endOfText(text: string, begin: number): number {
  for (let at = begin; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
    else if (isSequence(text.slice(at, at + 2))) at = endOfSequence(text, at + 2) - 1;
  }
  throw new Error(`a text within an interpolation does not end: ${text}`);
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(text: string): string {
  return text.replace(/["\\\n\r\t]/g, (character) => ESCAPES[character] ?? character);
}
