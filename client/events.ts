// Typed listeners. One that throws is reported like any uncaught error, and disturbs neither the client nor the others.

export class Events<EventMap extends object> {
  readonly #listeners = new Map<keyof EventMap, Set<(value: never) => void>>();

  /** Returns what takes the listener off again. */
  on<Name extends keyof EventMap>(name: Name, listener: (value: EventMap[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof EventMap>(name: Name, value: EventMap[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as (value: EventMap[Name]) => void)(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
