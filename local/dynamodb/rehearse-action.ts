// What one of dynalite's actions would do to an item: its answer, and the writes it asks for instead of what it would have written. The
// conditions, updates, checks and index rows are thus dynalite's own.
import {
  actionOf,
  type DynaliteAction,
  type DynaliteRefusal,
  type DynaliteRows,
  type DynaliteStore,
  type DynaliteTable,
  type Item,
  isRefusal,
  type RowWrite,
} from "./dynalite-parts.ts";
import { type Action, actionNames } from "./transaction-request.ts";

export interface Rehearsed {
  readonly refusal?: DynaliteRefusal;
  readonly writes: readonly RowWrite[];
  /** What a Get gets. */
  readonly found?: Item;
  /** The item afterwards; for what writes none, as it is. */
  readonly item?: Item;
  readonly capacityUnits: number;
}

export interface Target {
  readonly action: Action;
  readonly table: DynaliteTable;
  /** Of the item, as dynalite names it. */
  readonly key: string;
}

/** Throws what is no refusal. */
export function rehearse({ options }: DynaliteStore, target: Target, existing: Item | undefined): Rehearsed {
  const { action, table, key } = target;
  const writes: RowWrite[] = [];
  const itemPrefix = `item-${table.TableName}~`;
  const store: Parameters<DynaliteAction>[0] = {
    options,
    getTable: (_, answer) => answer(null, table),
    getItemDb: () => recordingRows(itemPrefix, existing, writes),
    getIndexDb: (kind, tableName, indexName) =>
      recordingRows(`index-${kind.toLowerCase()}~${tableName}~${indexName}~`, undefined, writes),
  };
  let rehearsed: Rehearsed | undefined;
  actionOf(actionNames[action.kind])(store, action.input, (error, output) => {
    if (error && !isRefusal(error)) throw error;
    const kept = error || action.kind === "ConditionCheck" ? [] : writes;
    const put = kept.find((write) => write.type === "put" && write.key === itemPrefix + key);
    const item = put?.type === "put" ? put.value : existing;
    rehearsed = {
      ...(error ? { refusal: error } : {}),
      ...(item ? { item } : {}),
      ...(output?.Item ? { found: output.Item } : {}),
      writes: kept,
      capacityUnits: output?.ConsumedCapacity?.CapacityUnits ?? 0,
    };
  });
  if (!rehearsed) throw new Error(`dynalite's ${actionNames[action.kind]} waits for more than the store.`);
  return rehearsed;
}

/** Rows in which there is just one item, and which are not written. The prefixes are dynalite's (db/index.js). */
function recordingRows(prefix: string, existing: Item | undefined, writes: RowWrite[]): DynaliteRows {
  return {
    lock: (_, locked) => locked((done) => done),
    get: (_, answer) => answer(null, existing),
    put(key, value, answer) {
      writes.push({ type: "put", key: prefix + key, value });
      answer(null);
    },
    del(key, answer) {
      writes.push({ type: "del", key: prefix + key });
      answer(null);
    },
  };
}
