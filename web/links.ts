// The http and https addresses in what people write. Nothing else becomes a link, whatever it looks like.

export interface Link {
  /** As it is written. */
  readonly text: string;
  readonly href: string;
}

/** Not the end of another scheme's name; up to a blank, a quotation mark or what encloses; an invisible character ends it, too: it could turn around what is shown. */
const ADDRESS =
  /(?<![\p{Script=Latin}\p{N}+])https?:\/\/[^\s\p{Cc}\p{Cf}"<>`\\«»\u2018-\u201f\u2026\u3000-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+/giu;
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
/** What ends a sentence or an emphasis, and what was opened for nothing. */
const TRAILING = new Set(".,:;!?'*_~([{");

/** The text in pieces, in order. */
export function linksIn(text: string): readonly (string | Link)[] {
  const pieces: (string | Link)[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const link = linkOf(withoutTrailing(upToUnopened(found)));
    if (link === undefined) continue;
    if (index > end) pieces.push(text.slice(end, index));
    pieces.push(link);
    end = index + link.text.length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** Who signs in within an address hides where it leads: `https://bank.example@evil.example`. */
function linkOf(text: string): Link | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, href } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  return username === "" && password === "" ? { text, href } : undefined;
}

/** `(see https://example.org/a_(b))` closes one more than the address has opened. */
function upToUnopened(address: string): string {
  const open: string[] = [];
  for (let at = 0; at < address.length; at++) {
    const character = address.charAt(at);
    const opening = CLOSING[character];
    if (opening === undefined) {
      if ("([{".includes(character)) open.push(character);
    } else if (open.pop() !== opening) return address.slice(0, at);
  }
  return address;
}

function withoutTrailing(address: string): string {
  let end = address.length;
  while (TRAILING.has(address.charAt(end - 1))) end--;
  return address.slice(0, end);
}
