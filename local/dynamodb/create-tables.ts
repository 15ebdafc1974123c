// Brings the store to the tables of the stack, as `terraform apply` would: what is missing is created; what is there must match.
import { setTimeout as delay } from "node:timers/promises";
import type { Table, TableIndex, TableKey } from "#local/stack.ts";
import { type Json, type Store, StoreError } from "./store.ts";

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

interface TableDescription {
  readonly TableStatus: string;
  readonly KeySchema: readonly KeyElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[];
  readonly LocalSecondaryIndexes?: readonly IndexDescription[];
}

interface IndexDescription {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElement[];
}

export interface TablePlace {
  /** What to do about tables that are there and differ. */
  readonly remedy: string;
  /** Whether tables that are missing may be made. */
  readonly creates: boolean;
}

/** Throws with every table whose keys are not those of the Terraform, or that is missing where none may be made. */
export async function createTables(store: Store, tables: readonly Table[], place: TablePlace): Promise<void> {
  const problems: string[] = [];
  for (const table of tables) {
    const existing = await describe(store, table.name);
    if (existing) problems.push(...differences(table, existing));
    else if (place.creates) await create(store, table);
    else problems.push(`${table.address} (${table.name}) is not there`);
  }
  if (problems.length === 0) return;
  const list = problems.map((one) => `  - ${one}`).join("\n");
  throw new Error(`The tables that are there differ from the Terraform file.\n${list}\n${place.remedy}`);
}

async function create(store: Store, table: Table): Promise<void> {
  const throughput =
    table.billingMode === "PROVISIONED"
      ? { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }
      : {};
  const globalIndexes = table.globalIndexes.map((index) => ({ ...indexInput(index), ...throughput }));
  const localIndexes = (table.localIndexes ?? []).map(indexInput);
  await store.call("CreateTable", {
    TableName: table.name,
    BillingMode: table.billingMode,
    KeySchema: keySchema(table.key),
    AttributeDefinitions: Object.entries(table.attributes).map(([name, type]) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    ...throughput,
    ...(globalIndexes.length > 0 ? { GlobalSecondaryIndexes: globalIndexes } : {}),
    ...(localIndexes.length > 0 ? { LocalSecondaryIndexes: localIndexes } : {}),
  });
  await active(store, table);
}

function indexInput(index: TableIndex): Json {
  return {
    IndexName: index.name,
    KeySchema: keySchema(index.key),
    Projection: {
      ProjectionType: index.projection,
      ...(index.nonKeyAttributes ? { NonKeyAttributes: index.nonKeyAttributes } : {}),
    },
  };
}

/** CreateTable is answered first, and the table becomes ACTIVE a moment later. */
async function active(store: Store, table: Table): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await describe(store, table.name))?.TableStatus !== "ACTIVE") {
    if (Date.now() > deadline)
      throw new Error(`${table.address}: the table ${table.name} did not become ACTIVE in 10 s.`);
    await delay(1);
  }
}

async function describe(store: Store, name: string): Promise<TableDescription | undefined> {
  try {
    const { Table: description } = await store.call("DescribeTable", { TableName: name });
    return description as TableDescription;
  } catch (error) {
    if (error instanceof StoreError && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

function differences(table: Table, existing: TableDescription): string[] {
  const place = `${table.address} (${table.name})`;
  if (existing.TableStatus !== "ACTIVE") return [`${place} was left ${existing.TableStatus} when its program ended`];
  const types = Object.fromEntries(existing.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  const onDisk = new Map<string, string>([["the key", keyText(existing.KeySchema, types)]]);
  for (const { IndexName, KeySchema } of existing.GlobalSecondaryIndexes ?? [])
    onDisk.set(`the index ${IndexName}`, keyText(KeySchema, types));
  for (const { IndexName, KeySchema } of existing.LocalSecondaryIndexes ?? [])
    onDisk.set(`the local index ${IndexName}`, keyText(KeySchema, types));
  const wanted = new Map<string, string>([["the key", keyText(keySchema(table.key), table.attributes)]]);
  for (const { name, key } of table.globalIndexes)
    wanted.set(`the index ${name}`, keyText(keySchema(key), table.attributes));
  for (const { name, key } of table.localIndexes ?? [])
    wanted.set(`the local index ${name}`, keyText(keySchema(key), table.attributes));
  return [...new Set([...wanted.keys(), ...onDisk.keys()])]
    .filter((what) => wanted.get(what) !== onDisk.get(what))
    .map(
      (what) =>
        `${place}: ${what} is ${onDisk.get(what) ?? "missing"} there and ${wanted.get(what) ?? "missing"} in the Terraform`,
    );
}

function keySchema({ hash, range }: TableKey): KeyElement[] {
  const elements: KeyElement[] = [{ AttributeName: hash, KeyType: "HASH" }];
  return range === undefined ? elements : [...elements, { AttributeName: range, KeyType: "RANGE" }];
}

function keyText(schema: readonly KeyElement[], types: Json): string {
  return schema
    .map(({ AttributeName, KeyType }) => `${AttributeName} (${types[AttributeName]}, ${KeyType})`)
    .join(" + ");
}
