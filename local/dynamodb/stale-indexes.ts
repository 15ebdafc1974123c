// Index reads that lag behind the table, as they can on AWS (aws facts §11.2) and never do in dynalite: a second copy of the
// tables gets every write later, and answers what is asked of an index.
import type { Table } from "#local/stack.ts";
import type { Json, Reply, Store, WireRequest } from "./store.ts";

interface Written {
  readonly table: Table;
  readonly key: Json;
}

export class StaleIndexes {
  readonly #store: Store;
  readonly #copy: Store;
  readonly #delayMs: number;
  readonly #pending = new Set<NodeJS.Timeout>();
  /** Writes are copied one after the other. */
  #copying: Promise<void> = Promise.resolve();

  /** `copy` has the tables already, and nothing in them. */
  constructor(store: Store, copy: Store, delayMs: number) {
    this.#store = store;
    this.#copy = copy;
    this.#delayMs = delayMs;
  }

  /** The items that are there from before. */
  async fill(tables: readonly Table[]): Promise<void> {
    for (const { name: TableName } of tables) {
      let from: unknown;
      do {
        const page = await this.#store.call("Scan", {
          TableName,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        });
        for (const Item of page.Items as readonly Json[]) await this.#copy.call("PutItem", { TableName, Item });
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    }
  }

  /** The answer to a read of an index; undefined for every other request. */
  answer(action: string, input: Json, request: WireRequest): Promise<Reply> | undefined {
    const readsIndex = (action === "Query" || action === "Scan") && typeof input.IndexName === "string";
    return readsIndex ? this.#copy.send(request) : undefined;
  }

  /** Takes note of a write that succeeded: what it left will be seen later. */
  async follow(action: string, input: Json, tables: readonly Table[]): Promise<void> {
    for (const { table, key } of writtenBy(action, input, tables)) {
      const { Item } = await this.#store.call("GetItem", { TableName: table.name, Key: key, ConsistentRead: true });
      const timer = setTimeout(() => {
        this.#pending.delete(timer);
        this.#copying = this.#copying.then(() => this.#apply(table.name, key, Item));
      }, this.#delayMs);
      this.#pending.add(timer);
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#pending) clearTimeout(timer);
    await this.#copying;
    await this.#copy.close();
  }

  async #apply(TableName: string, Key: Json, Item: unknown): Promise<void> {
    try {
      if (Item === undefined) await this.#copy.call("DeleteItem", { TableName, Key });
      else await this.#copy.call("PutItem", { TableName, Item });
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
  if (action !== "BatchWriteItem") return [];
  return Object.entries(Object(input.RequestItems)).flatMap(([name, writes]) =>
    (Array.isArray(writes) ? writes : []).flatMap((one) =>
      written(name, one.PutRequest?.Item ?? one.DeleteRequest?.Key),
    ),
  );
}
