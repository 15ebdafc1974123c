/** Whole ones that are still left, for clients whose own clock may be wrong. */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.floor((moment - now) / 1000));
}
