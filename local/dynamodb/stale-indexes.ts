// Index reads that lag behind the table, as they can on AWS (aws facts §11.2) and never do in dynalite: while chaos has the
// fault `stale-index`, a second copy of the tables gets every write later, and answers what is asked of an index.
import type { Chaos } from "#local/chaos/chaos.ts";
import type { Table } from "#local/stack.ts";
import { createTables } from "./create-tables.ts";
import type { Json, Reply, Store, WireRequest } from "./store.ts";

interface Written {
  readonly table: Table;
  readonly key: Json;
}

export interface StaleIndexOptions {
  readonly store: Store;
  readonly tables: readonly Table[];
  readonly chaos: Chaos;
  /** An empty store. */
  openCopy(): Store;
}

export class StaleIndexes {
  readonly #options: StaleIndexOptions;
  readonly #pending = new Set<NodeJS.Timeout>();
  #opening: Promise<void> | undefined;
  #copy: Store | undefined;
  /** Writes are copied one after the other. */
  #copying: Promise<void> = Promise.resolve();

  constructor(options: StaleIndexOptions) {
    this.#options = options;
  }

  /** Before each request: from the first with the fault on, there is a copy. undefined: nothing to wait for. */
  prepare(): Promise<void> | undefined {
    if (this.#copy !== undefined || !this.#options.chaos.find("stale-index")) return undefined;
    this.#opening ??= this.#open();
    return this.#opening;
  }

  /** The answer to a read of an index; undefined for every other request. */
  answer(action: string, input: Json, request: WireRequest): Promise<Reply> | undefined {
    const readsIndex = (action === "Query" || action === "Scan") && typeof input.IndexName === "string";
    // A local index can be read consistently; of a global one the store refuses that.
    if (!readsIndex || input.ConsistentRead === true || !this.#options.chaos.strike("stale-index")) return undefined;
    return this.#copy?.send(request);
  }

  /** Takes note of a write that succeeded: what it left will be seen later. */
  async follow(action: string, input: Json): Promise<void> {
    if (this.#copy === undefined) return;
    const { store, tables, chaos } = this.#options;
    for (const { table, key } of writtenBy(action, input, tables)) {
      const { Item } = await store.call("GetItem", { TableName: table.name, Key: key, ConsistentRead: true });
      const timer = setTimeout(() => {
        this.#pending.delete(timer);
        this.#copying = this.#copying.then(() => this.#apply(table.name, key, Item));
      }, chaos.find("stale-index")?.ms ?? 0);
      this.#pending.add(timer);
    }
  }

  /** The store for whoever writes past the requests. */
  followed(): Store {
    const { store } = this.#options;
    const call: Store["call"] = async (action, input) => {
      const output = await store.call(action, input);
      await this.follow(action, input);
      return output;
    };
    return { ...store, call };
  }

  async close(): Promise<void> {
    await this.#opening;
    for (const timer of this.#pending) clearTimeout(timer);
    await this.#copying;
    await this.#copy?.close();
  }

  async #open(): Promise<void> {
    const { store, tables, openCopy } = this.#options;
    const copy = openCopy();
    await createTables(copy, tables, { creates: true, remedy: "" });
    for (const { name: TableName } of tables) {
      let from: unknown;
      do {
        const start = from === undefined ? {} : { ExclusiveStartKey: from };
        const page = await store.call("Scan", { TableName, ...start });
        for (const Item of page.Items as readonly Json[]) await copy.call("PutItem", { TableName, Item });
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    }
    this.#copy = copy;
  }

  async #apply(TableName: string, Key: Json, Item: unknown): Promise<void> {
    try {
      if (Item === undefined) await this.#copy?.call("DeleteItem", { TableName, Key });
      else await this.#copy?.call("PutItem", { TableName, Item });
    } catch (error) {
      process.emitWarning(`An index was not brought up to date: ${error instanceof Error ? error.message : error}`);
    }
  }
}

function writtenBy(action: string, input: Json, tables: readonly Table[]): Written[] {
  const written = (name: unknown, item: unknown): Written[] => {
    const table = tables.find((one) => one.name === name);
    if (!table || typeof item !== "object" || item === null) return [];
    const { hash, range } = table.key;
    const names = range === undefined ? [hash] : [hash, range];
    return [{ table, key: Object.fromEntries(names.map((key) => [key, (item as Json)[key]])) }];
  };
  if (action === "PutItem") return written(input.TableName, input.Item);
  if (action === "UpdateItem" || action === "DeleteItem") return written(input.TableName, input.Key);
  if (action === "TransactWriteItems")
    return (Array.isArray(input.TransactItems) ? input.TransactItems : []).flatMap(({ Put, Update, Delete }) => {
      const one = Put ?? Update ?? Delete;
      return written(one?.TableName, one?.Item ?? one?.Key);
    });
  if (action !== "BatchWriteItem") return [];
  return Object.entries(Object(input.RequestItems)).flatMap(([name, writes]) =>
    (Array.isArray(writes) ? writes : []).flatMap((one) =>
      written(name, one.PutRequest?.Item ?? one.DeleteRequest?.Key),
    ),
  );
}
