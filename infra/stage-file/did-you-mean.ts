import { closest, distance } from "fastest-levenshtein";

/** `did you mean "level"? ` for a slip of the pen, a word cut short or one too long; else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = known.find((candidate) => isStem(candidate, word) || isStem(word, candidate)) ?? nearest(word, known);
  return best === undefined ? "" : `did you mean ${JSON.stringify(best)}? `;
}

function isStem(stem: string, word: string): boolean {
  return stem.length >= 3 && word.toLowerCase().startsWith(stem.toLowerCase());
}

function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(word, known);
  return distance(word.toLowerCase(), best.toLowerCase()) <= Math.max(2, word.length / 3) ? best : undefined;
}
