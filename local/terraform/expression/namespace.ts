/**
 * Something with named members that are worked out only when asked for: all resources of a type, one resource, `local`.
 * So an expression that is never read may say anything.
 */
export class Namespace {
  readonly #get: (name: string) => unknown;
  readonly #names: () => readonly string[];

  constructor(get: (name: string) => unknown, names: () => readonly string[]) {
    this.#get = get;
    this.#names = names;
  }

  get(name: string): unknown {
    return this.#get(name);
  }

  /** Every member, as a plain object. */
  all(): Record<string, unknown> {
    return Object.fromEntries(this.#names().map((name) => [name, settled(this.#get(name))]));
  }
}

/** A value as functions and JSON know it. */
export function settled(value: unknown): unknown {
  return value instanceof Namespace ? value.all() : value;
}
