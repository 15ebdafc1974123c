// DynamoDB's TTL, which dynalite lacks. AWS deletes an expired item within days, here it is gone at the next sweep; either way
// reads can still see it for a while, so programs must filter (aws facts §11.2).
import { type Json, type Store, StoreError } from "./store.ts";
import type { SettingsOfTables } from "./table-settings.ts";

const fiveYearsSeconds = 5 * 365 * 24 * 3600;

/** Deletes what had expired at `nowSeconds` from every table with a TTL attribute; answers how many items that were. */
export async function sweepExpired(store: Store, settings: SettingsOfTables, nowSeconds: number): Promise<number> {
  let deleted = 0;
  for (const [tableName, attribute] of settings.expiring) {
    deleted += await sweepTable(store, tableName, attribute, nowSeconds);
  }
  return deleted;
}

async function sweepTable(store: Store, tableName: string, attribute: string, nowSeconds: number): Promise<number> {
  const keyNames = await keyNamesOf(store, tableName);
  const expired = {
    ExpressionAttributeNames: { "#ttl": attribute },
    ExpressionAttributeValues: {
      ":now": { N: String(nowSeconds) },
      ":oldest": { N: String(nowSeconds - fiveYearsSeconds) },
    },
  };
  const condition = "#ttl <= :now AND #ttl > :oldest";
  let deleted = 0;
  let from: unknown;
  do {
    const page = await store.call("Scan", {
      TableName: tableName,
      FilterExpression: condition,
      ...expired,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    for (const item of page.Items as readonly Json[]) {
      const Key = Object.fromEntries(keyNames.map((name) => [name, item[name]]));
      // The condition again: the item may have been renewed since it was read.
      const done = await unlessChanged(
        store.call("DeleteItem", { TableName: tableName, Key, ConditionExpression: condition, ...expired }),
      );
      if (done) deleted += 1;
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return deleted;
}

async function keyNamesOf(store: Store, tableName: string): Promise<string[]> {
  const { Table } = await store.call("DescribeTable", { TableName: tableName });
  const { KeySchema } = Table as { readonly KeySchema: readonly { readonly AttributeName: string }[] };
  return KeySchema.map(({ AttributeName }) => AttributeName);
}

async function unlessChanged(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
