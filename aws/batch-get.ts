import { BatchGetItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Row } from "./table-rows.ts";

export interface TableKey {
  readonly table: string;
  readonly key: Row;
}

/** (aws facts §11.1) */
const MOST_KEYS = 100;

/** Strongly consistent; what was found by table, in no order. */
export async function batchGet(
  client: DynamoDBClient,
  keys: readonly TableKey[],
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rows = new Map<string, Row[]>();
  let left = [...keys];
  while (left.length > 0) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: requestItems(left.slice(0, MOST_KEYS)) }),
    );
    for (const [table, found] of Object.entries(Responses ?? {}))
      rows.set(table, [...(rows.get(table) ?? []), ...found]);
    const unprocessed = Object.entries(UnprocessedKeys ?? {}).flatMap(([table, { Keys }]) =>
      (Keys ?? []).map((key) => ({ table, key })),
    );
    left = [...unprocessed, ...left.slice(MOST_KEYS)];
  }
  return rows;
}

function requestItems(keys: readonly TableKey[]) {
  const items: Record<string, { Keys: Row[]; ConsistentRead: true }> = {};
  for (const { table, key } of keys) {
    items[table] ??= { Keys: [], ConsistentRead: true };
    items[table].Keys.push(key);
  }
  return items;
}
