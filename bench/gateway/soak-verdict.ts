// Whether memory is flat: the last third of a soak against the third before it. What comes before that warms up.
import { figure } from "../print-table.ts";

const TARGET_MIB = 200;
/** What the heaps of a dozen threads breathe between collections. */
const BREATH = 0.05;

/** `resident`: one figure after the other, the same time apart. */
export function verdict(resident: readonly number[]): string {
  const third = Math.floor(resident.length / 3);
  if (third === 0) return "Too short to say whether memory is flat.";
  const [earlier, later] = [resident.slice(third, 2 * third), resident.slice(-third)].map(mean) as [number, number];
  const growth = later / earlier - 1;
  const flat = growth <= BREATH ? "flat" : `not flat (at most ${100 * BREATH} %)`;
  const most = Math.max(...resident);
  const target = most <= TARGET_MIB ? "within" : "above";
  return `Memory: ${figure(earlier)} MiB in the middle, ${figure(later)} MiB at the end (${(100 * growth).toFixed(1)} %): ${flat}. At most ${figure(most)} MiB: ${target} the target of ${TARGET_MIB}.`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
