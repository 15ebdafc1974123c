// Time that moves only when nothing else can: whoever sleeps is woken in turn, as soon as all calls that are under way have been answered.
// Minutes pass in a moment, and what happens in which order depends on nothing but how long everybody sleeps.
interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** After so many turns of the event loop without a call, everybody is asleep. */
const QUIET_TURNS = 4;

export class VirtualTime {
  readonly #startedAt = Date.now();
  readonly #sleepers: Sleeper[] = [];
  #elapsed = 0;
  #calls = 0;

  /** Milliseconds since 1970. */
  readonly now = (): number => this.#startedAt + Math.floor(this.#elapsed);

  get elapsed(): number {
    return this.#elapsed;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.#elapsed + Math.max(0, ms);
      const behind = this.#sleepers.findIndex((sleeper) => sleeper.at > at);
      this.#sleepers.splice(behind < 0 ? this.#sleepers.length : behind, 0, { at, wake });
    });
  }

  /** A real call to the outside: meanwhile time stands still. */
  async call<T>(make: () => Promise<T>): Promise<T> {
    this.#calls++;
    try {
      return await make();
    } finally {
      this.#calls--;
    }
  }

  /** Moves time until the work is done. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (;;) {
      await this.#quiet();
      if (isDone) return work;
      const next = this.#sleepers.shift();
      if (!next) throw new Error("Everybody waits, and nobody for the time to pass.");
      this.#elapsed = next.at;
      next.wake();
    }
  }

  async #quiet(): Promise<void> {
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      await new Promise(setImmediate);
      if (this.#calls > 0) turns = -1;
    }
  }
}
