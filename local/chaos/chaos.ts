// Faults that AWS has now and then and a laptop never: they strike at random, from a seed, so that a run can be repeated.

export const faultKinds = [
  "disconnect-drop",
  "disconnect-delay",
  "disconnect-duplicate",
  "lambda-throttle",
  "connections-429",
  "connections-500",
  "connections-delay",
  "clock-skew",
  "stale-index",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** How many of the occasions it strikes, from 0 to 1. */
  readonly share: number;
  /** Of a delay, by how much functions' clocks are ahead (negative: behind), or how old an index is. */
  readonly ms?: number;
}

/** Those that have a duration. */
export const timedKinds: readonly FaultKind[] = ["disconnect-delay", "connections-delay", "clock-skew", "stale-index"];

export interface ChaosOptions {
  readonly faults: readonly Fault[];
  /** The same seed, the same dice. */
  readonly seed?: number;
}

export class Chaos {
  readonly seed: number;
  #faults: readonly Fault[];
  readonly #random: () => number;

  constructor({ faults, seed = Math.floor(Math.random() * 2 ** 32) }: ChaosOptions = { faults: [] }) {
    this.#faults = checked(faults);
    this.seed = seed;
    this.#random = seededRandom(seed);
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** From now on these faults and no others; none ends the chaos. */
  use(faults: readonly Fault[]): void {
    this.#faults = checked(faults);
  }

  /** The fault, whether or not it would strike now. */
  find(kind: FaultKind): Fault | undefined {
    return this.#faults.find((fault) => fault.kind === kind);
  }

  /** The fault, if it strikes this time. */
  strike(kind: FaultKind): Fault | undefined {
    return this.#faults.find((fault) => fault.kind === kind && (fault.share >= 1 || this.#random() < fault.share));
  }
}

/** Throws a sentence for the first fault that could not mean anything. */
function checked(faults: readonly Fault[]): readonly Fault[] {
  for (const { kind, share, ms } of faults) {
    if (!faultKinds.includes(kind)) throw new Error(`"${kind}" is no fault: there are ${faultKinds.join(", ")}`);
    if (!(share >= 0 && share <= 1)) throw new Error(`${kind}: share is ${share}; it is 0 (never) to 1 (always)`);
    const isTimed = timedKinds.includes(kind);
    if (isTimed && (ms === undefined || !Number.isFinite(ms) || (ms < 0 && kind !== "clock-skew")))
      throw new Error(`${kind}: ms is ${ms}; it is a number of milliseconds`);
    if (!isTimed && ms !== undefined) throw new Error(`${kind}: ms is ${ms}, and ${kind} takes no duration`);
  }
  return faults;
}

/** As it is written on the command line: `disconnect-delay=500ms@10%`. */
export function describeFault({ kind, share, ms }: Fault): string {
  return `${kind}${ms === undefined ? "" : `=${ms}ms`}@${Number((share * 100).toFixed(4))}%`;
}

/** mulberry32: Math.random cannot be seeded. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
