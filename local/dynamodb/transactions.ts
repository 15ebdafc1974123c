// TransactWriteItems and TransactGetItems, which dynalite lacks. The items' locks are dynalite's, so no other write comes between a
// transaction's check and its write; what it writes is one batch of LevelDB, which is there as a whole or not at all.
import {
  type DynaliteRefusal,
  type DynaliteRows,
  type DynaliteStore,
  type DynaliteTable,
  database,
  type Item,
  isRefusal,
  type RowWrite,
} from "./dynalite-parts.ts";
import { emptyInUpdate } from "./index-key-checks.ts";
import { jsonReply } from "./json-reply.ts";
import { type Rehearsed, rehearse, type Target } from "./rehearse-action.ts";
import { RequestTokens } from "./request-tokens.ts";
import type { Json, Reply } from "./store.ts";
import { cancelled, reasonOf } from "./transaction-refused.ts";
import { type Action, keyOrItem, readGets, readWrites, type TransactionRequest } from "./transaction-request.ts";
import { Turns } from "./turns.ts";

/** Of all items of a transaction (aws facts §11.1). */
const maxBytes = 4 * 1024 * 1024;
/** What a unit costs in a transaction (aws facts §11.1). */
const unitsEach = 2;

export class Transactions {
  readonly #store: DynaliteStore;
  readonly #tokens = new RequestTokens();
  readonly #turns = new Turns();

  constructor(store: DynaliteStore) {
    this.#store = store;
  }

  /** undefined: the action is no transaction. */
  answer(action: string, input: Json): Promise<Reply> | undefined {
    if (action === "TransactWriteItems") return answered(() => this.#write(input));
    if (action === "TransactGetItems") return answered(() => this.#get(input));
    return undefined;
  }

  /** While no transaction is under way: for requests that go through several items and take no locks. */
  apart(work: () => Promise<Reply>): Promise<Reply> {
    return this.#turns.take("others", work);
  }

  async #write(input: Json): Promise<Json> {
    const request = readWrites(input, this.#store);
    const first = (): Promise<Json> => this.#commit(request);
    if (request.token === undefined) return await first();
    return await this.#tokens.once(request.token, input, { first, again: () => this.#readAgain(request) });
  }

  async #commit({ actions, capacity }: TransactionRequest): Promise<Json> {
    return await this.#withItems(actions, async (targets, items) => {
      const rehearsed = targets.map((target, index) => rehearse(this.#store, target, items[index]));
      cancelIfRefused(targets, rehearsed, items);
      const writes = rehearsed.flatMap((one) => one.writes);
      if (writes.length > 0) await this.#batch(writes);
      return consumed("Write", capacity, targets, rehearsed);
    });
  }

  async #get(input: Json): Promise<Json> {
    const { actions, capacity } = readGets(input, this.#store);
    return await this.#withItems(actions, async (targets, items) => {
      const rehearsed = targets.map((target, index) => rehearse(this.#store, target, items[index]));
      cancelIfRefused(targets, rehearsed, items);
      const Responses = rehearsed.map(({ found }) => (found ? { Item: found } : {}));
      return { ...consumed("Read", capacity, targets, rehearsed), Responses };
    });
  }

  /** A repetition of a transaction changes nothing; AWS reads its items, and says what that costs. */
  async #readAgain({ actions, capacity }: TransactionRequest): Promise<Json> {
    return await this.#withItems(actions, async (targets, items) => {
      const read = targets.map(({ table: { TableName } }, index) => {
        const asked = { TableName, ReturnConsumedCapacity: capacity, ConsistentRead: true };
        const units = database().addConsumedCapacity(asked, true, items[index]);
        return { capacityUnits: units?.CapacityUnits ?? 0 };
      });
      return consumed("Read", capacity, targets, read);
    });
  }

  async #withItems<T>(
    actions: readonly Action[],
    work: (targets: readonly Target[], items: readonly (Item | undefined)[]) => Promise<T>,
  ): Promise<T> {
    return await this.#turns.take("transactions", async () => {
      const targets = locate(actions, await this.#tablesOf(actions));
      const release = await this.#lock(targets);
      try {
        return await work(targets, await Promise.all(targets.map((target) => this.#read(target))));
      } finally {
        release();
      }
    });
  }

  async #tablesOf(actions: readonly Action[]): Promise<ReadonlyMap<string, DynaliteTable>> {
    const names = [...new Set(actions.map(({ input }) => input.TableName))];
    const table = (name: string): Promise<DynaliteTable> =>
      new Promise((resolve, reject) => {
        this.#store.getTable(name, (error, found) => (found && !error ? resolve(found) : reject(error)));
      });
    return new Map(await Promise.all(names.map(async (name) => [name, await table(name)] as const)));
  }

  /** All at once: whoever is first at one item is first at all of them, so two transactions never wait for each other. */
  async #lock(targets: readonly Target[]): Promise<() => void> {
    const keysOfTables = new Map<string, string[]>();
    for (const { table, key } of targets)
      keysOfTables.set(table.TableName, [...(keysOfTables.get(table.TableName) ?? []), key]);
    const locked = [...keysOfTables].map(
      ([name, keys]) =>
        new Promise<() => void>((resolve) => {
          this.#rows(name).lock(keys, (release) => resolve(release(() => {})));
        }),
    );
    const releases = await Promise.all(locked);
    return () => {
      for (const release of releases) release();
    };
  }

  #read({ table, key }: Target): Promise<Item | undefined> {
    return new Promise((resolve, reject) => {
      this.#rows(table.TableName).get(key, (error, item) => (error ? reject(error) : resolve(item)));
    });
  }

  #rows(tableName: string): DynaliteRows {
    return this.#store.getItemDb(tableName);
  }

  #batch(writes: readonly RowWrite[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#store.db.batch(writes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

async function answered(answer: () => Promise<Json>): Promise<Reply> {
  try {
    return jsonReply(200, await answer());
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return jsonReply(error.statusCode, error.body);
  }
}

function locate(actions: readonly Action[], tables: ReadonlyMap<string, DynaliteTable>): Target[] {
  const withTables = actions.map((action) => ({ action, table: tables.get(action.input.TableName) as DynaliteTable }));
  const problems = withTables.map(({ action, table }) => keyProblem(action, table));
  if (problems.some((problem) => problem !== undefined)) throw cancelled(problems.map((problem) => reasonOf(problem)));
  const targets = withTables.map((one) => ({ ...one, key: database().createKey(keyOrItem(one.action), one.table) }));
  if (new Set(targets.map(({ table, key }) => `${table.TableName}/${key}`)).size < targets.length)
    throw database().validationError("Transaction request cannot include multiple operations on one item");
  return targets;
}

/** An empty key, of an index too, refuses the request; another that does not fit the table cancels the transaction. */
function keyProblem(action: Action, table: DynaliteTable): DynaliteRefusal | undefined {
  const { validateItem, validateKey, validationError } = database();
  const problem =
    action.kind === "Put"
      ? validateItem(keyOrItem(action), table)
      : (validateKey(keyOrItem(action), table) ?? emptyInUpdate(action.input, table));
  if (problem?.message.includes("cannot contain an empty"))
    throw validationError(problem.message.replace("values were invalid: ", "values are not valid. "));
  return problem ?? undefined;
}

function cancelIfRefused(
  targets: readonly Target[],
  rehearsed: readonly Rehearsed[],
  items: readonly (Item | undefined)[],
): void {
  const wantsItem = (index: number): boolean =>
    targets[index]?.action.input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  if (rehearsed.some(({ refusal }) => refusal !== undefined))
    throw cancelled(
      rehearsed.map(({ refusal }, index) => reasonOf(refusal, wantsItem(index) ? items[index] : undefined)),
    );
  const { itemSize, validationError } = database();
  const bytes = rehearsed.reduce((sum, { item }) => sum + (item ? itemSize(item) : 0), 0);
  if (bytes > maxBytes)
    throw validationError(
      `The aggregate size of the items in the transaction cannot exceed 4 MB; it is ${bytes} bytes`,
    );
}

/** Of each table, in the form that only transactions have: reads and writes apart. */
function consumed(
  kind: "Read" | "Write",
  wanted: unknown,
  targets: readonly Target[],
  used: readonly { readonly capacityUnits: number }[],
): Json {
  if (wanted !== "TOTAL" && wanted !== "INDEXES") return {};
  const units = new Map<string, number>();
  targets.forEach(({ table: { TableName } }, index) => {
    units.set(TableName, (units.get(TableName) ?? 0) + unitsEach * (used[index]?.capacityUnits ?? 0));
  });
  const ConsumedCapacity = [...units].map(([TableName, CapacityUnits]) => {
    const both = { CapacityUnits, [`${kind}CapacityUnits`]: CapacityUnits };
    return { TableName, ...both, ...(wanted === "INDEXES" ? { Table: both } : {}) };
  });
  return { ConsumedCapacity };
}
