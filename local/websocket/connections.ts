import type { Connection } from "./connection.ts";

/** The open connections by id. An id that is still in its handshake, or on its way out, is not among them. */
export class Connections {
  readonly #byId = new Map<string, Connection>();

  add(connection: Connection): void {
    this.#byId.set(connection.facts.id, connection);
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.facts.id);
  }

  find(id: string): Connection | undefined {
    const connection = this.#byId.get(id);
    return connection?.open ? connection : undefined;
  }

  get size(): number {
    return this.#byId.size;
  }

  [Symbol.iterator](): IterableIterator<Connection> {
    return this.#byId.values();
  }
}
