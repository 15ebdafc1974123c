// What dynalite is made of, for the actions it lacks: the store behind its server, which it does not hand out, its checks of a request, and
// what its actions do to an item.
import { createRequire } from "node:module";

export type Item = Readonly<Record<string, unknown>>;
type Answer<T = void> = (error: Error | null | undefined, result?: T) => void;

/** As dynalite keeps it, which is how DescribeTable shows it. */
export interface DynaliteTable {
  readonly TableName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}

/** The items of a table, or the rows of an index. */
export interface DynaliteRows {
  /** Every write of an item has its lock; of several keys, all at once, in the order in which they were asked for. */
  lock(keys: string | readonly string[], locked: (release: (done: () => void) => () => void) => void): void;
  get(key: string, answer: Answer<Item>): void;
  put(key: string, value: Item, answer: Answer): void;
  del(key: string, answer: Answer): void;
}

export interface DynaliteStore {
  readonly options: { readonly maxItemSize: number };
  /** LevelDB with all tables and indexes in it, each behind a prefix. */
  readonly db: { batch(writes: readonly RowWrite[], answer: Answer): void };
  getTable(name: string, answer: Answer<DynaliteTable>): void;
  getItemDb(tableName: string): DynaliteRows;
  getIndexDb(kind: string, tableName: string, indexName: string): DynaliteRows;
}

export type RowWrite =
  | { readonly type: "put"; readonly key: string; readonly value: Item }
  | { readonly type: "del"; readonly key: string };

/** The input of an action, as its checks left it: with the parsed expressions. */
export interface ActionInput {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly AttributeUpdates?: AttributeUpdates | undefined;
  readonly _updates?: ParsedUpdate | undefined;
  readonly [member: string]: unknown;
}

interface Output {
  readonly Item?: Item;
  readonly ConsumedCapacity?: { readonly CapacityUnits: number };
}

/** Of the store it needs only what an action uses: tables and rows. */
export type DynaliteAction = (
  store: Pick<DynaliteStore, "options" | "getTable" | "getItemDb" | "getIndexDb">,
  input: ActionInput,
  answer: Answer<Output>,
) => void;

export type TypeOfMember = string | { readonly type: string; readonly [constraint: string]: unknown };
export type TypesOfMembers = Readonly<Record<string, TypeOfMember>>;

/** `validations/<action>.js`: the types of the members, and what else is to be checked; that parses the expressions. */
export interface ActionChecks {
  readonly types: TypesOfMembers;
  custom(input: ActionInput, store: DynaliteStore): string | undefined;
}

interface Checks {
  /** A copy with what the types know; both throw refusals. */
  checkTypes<T>(input: Item, types: TypesOfMembers): T;
  checkValidations(input: unknown, types: TypesOfMembers, custom: undefined, store: DynaliteStore): void;
}

/** An update's changes, as `UpdateExpression` was parsed. */
export interface ParsedUpdate {
  readonly sections: readonly {
    readonly type: string;
    readonly path: readonly (string | number)[];
    readonly val?: unknown;
  }[];
}
/** The older way to update. */
export type AttributeUpdates = Readonly<Record<string, { readonly Value?: unknown }>>;

export interface Database {
  validationError(message: string): DynaliteRefusal;
  validateKey(key: Item, table: DynaliteTable): DynaliteRefusal | undefined;
  validateItem(item: Item, table: DynaliteTable): DynaliteRefusal | undefined;
  validateUpdates(
    attributes: AttributeUpdates | undefined,
    expression: ParsedUpdate | undefined,
    table: DynaliteTable,
  ): DynaliteRefusal | undefined;
  /** Of global and local ones; ends with the first result that is not undefined. */
  traverseIndexes(
    table: DynaliteTable,
    visit: (attribute: string, type: string, index: { readonly IndexName: string }) => void,
  ): void;
  updateIndexes(
    store: unknown,
    table: DynaliteTable,
    before: Item | undefined,
    after: Item | undefined,
    answer: Answer,
  ): void;
  createKey(keyOrItem: Item, table: DynaliteTable): string;
  itemSize(item: Item): number;
  addConsumedCapacity(
    input: { readonly TableName: string; readonly ReturnConsumedCapacity?: unknown; readonly ConsistentRead: boolean },
    isRead: boolean,
    item: Item | undefined,
  ): { readonly CapacityUnits: number } | undefined;
}

/** An answer of DynamoDB that is an error, as dynalite throws it. */
export interface DynaliteRefusal extends Error {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly [member: string]: unknown };
}

const load = createRequire(import.meta.url);

export const database = (): Database => load("dynalite/db");
export const checks = (): Checks => load("dynalite/validations");
export const checksOf = (action: ActionName): ActionChecks => load(`dynalite/validations/${action}`);
export const actionOf = (action: ActionName): DynaliteAction => load(`dynalite/actions/${action}`);
export type ActionName = "putItem" | "updateItem" | "deleteItem" | "getItem";

export function isRefusal(error: unknown): error is DynaliteRefusal {
  return error instanceof Error && "statusCode" in error && "body" in error;
}

/** dynalite's server, and the store that it makes for itself meanwhile. */
export function withItsStore<Server>(makeServer: () => Server): { server: Server; dynalite: DynaliteStore } {
  const module: { create(options: object): DynaliteStore } = load("dynalite/db");
  const { create } = module;
  let dynalite: DynaliteStore | undefined;
  module.create = (options) => {
    dynalite = create(options);
    return dynalite;
  };
  try {
    const server = makeServer();
    if (!dynalite)
      throw new Error("dynalite makes its store in another way; its version is not the one this file is for.");
    return { server, dynalite };
  } finally {
    module.create = create;
  }
}
