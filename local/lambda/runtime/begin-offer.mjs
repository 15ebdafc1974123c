// The worker's side of `offers.ts`.
const FREE = 0;
const OFFERED = 1;
const BEGUN = 2;

/**
 * False: the main thread has taken it back.
 * @param {Int32Array} slots
 * @param {number} slot
 */
export function beginOffer(slots, slot) {
  if (Atomics.compareExchange(slots, slot, OFFERED, BEGUN) === OFFERED) return true;
  Atomics.store(slots, slot, FREE);
  return false;
}
