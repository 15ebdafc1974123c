// Invocations that a worker has been handed before it is done with the one before: it goes on without waiting for the main thread.
// Whether it has begun one is decided in shared memory, so that one it has not begun can be taken back, for certain.

/** A slot's life: the main thread offers, the worker begins (2); or the main thread withdraws, and the worker passes over it. */
const FREE = 0;
const OFFERED = 1;
const WITHDRAWN = 3;

/** Several times as many as are offered at once: one that was withdrawn is free again when the worker has come by. */
const SLOTS = 256;

export class Offers {
  /** Shared with the worker (`runtime/begin-offer.mjs`). */
  readonly slots = new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT));
  #last = 0;

  /** The slot of a new offer. */
  open(): number {
    for (let tried = 0; tried < SLOTS; tried++) {
      this.#last = (this.#last + 1) % SLOTS;
      if (Atomics.compareExchange(this.slots, this.#last, FREE, OFFERED) === FREE) return this.#last;
    }
    throw new Error(`A worker has been offered ${SLOTS} invocations and begun none of them`);
  }

  /** True: the worker has not begun it, and never will. */
  withdraw(slot: number): boolean {
    return Atomics.compareExchange(this.slots, slot, OFFERED, WITHDRAWN) === OFFERED;
  }

  /** The worker has answered it. */
  close(slot: number): void {
    Atomics.store(this.slots, slot, FREE);
  }
}
