// Of a request that is repeated: did the first run show its entry, or die before? A run notes that it has shown an entry after it has – so
// where nothing is noted yet, it is given the time it takes. What a run shows that was only slow is shown twice, and its seq tells.
import type { Ports } from "./ports.ts";

/** So long after it was stored an entry is mostly shown, to members, too, who have to be tried again. */
const SHOWN_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 100;

/** @param storedAt by the clock of who stored it, which may be ahead of ours */
export async function isShownSoon(
  { clock, wait }: Pick<Ports, "clock" | "wait">,
  storedAt: number,
  isShown: () => Promise<boolean>,
): Promise<boolean> {
  const until = Math.min(storedAt, clock.now()) + SHOWN_WITHIN_MS;
  for (;;) {
    if (await isShown()) return true;
    if (clock.now() >= until) return false;
    await wait(LOOK_EVERY_MS);
  }
}
