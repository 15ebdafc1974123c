// Reading a conversation back: the newest row, and pages from either end.
import { QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Page, Range, SentEntry } from "#chat/ports.ts";
import type { Entry } from "#protocol/messages.ts";
import type { MessagesTable } from "./dynamodb-messages.ts";
import { entryOf, sentEntryOf } from "./message-rows.ts";
import { isAlive, type Row } from "./table-rows.ts";

export async function newestRow(table: MessagesTable, conversation: string): Promise<Row | undefined> {
  const { Items } = await table.client.send(
    new QueryCommand({ ...query(table, conversation, { limit: 1 }), ConsistentRead: true, Limit: 1 }),
  );
  return Items?.[0];
}

export async function pageOfEntries(table: MessagesTable, conversation: string, range: Range): Promise<Page> {
  const { limit, mostBytes = Number.POSITIVE_INFINITY } = range;
  const entries: Entry[] = [];
  const pageOf = (more: boolean): Page => ({ entries: readsOn(range) ? entries : entries.reverse(), more });
  let bytes = 0;
  let from: Row | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        ...query(table, conversation, range),
        ConsistentRead: true,
        // one more than asked tells whether there are more
        Limit: limit + 1 - entries.length,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    for (const row of page.Items ?? []) {
      if (!isAlive(row, table.clock.now())) continue;
      const entry = entryOf(row);
      bytes += Buffer.byteLength(JSON.stringify(entry));
      if (entries.length === limit || (bytes > mostBytes && entries.length > 0)) return pageOf(true);
      entries.push(entry);
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return pageOf(false);
}

export async function sentAfter(
  table: MessagesTable,
  conversation: string,
  after: number,
  most: number,
): Promise<readonly SentEntry[]> {
  const rows: Row[] = [];
  let from: Row | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        ...query(table, conversation, { after, limit: most }),
        ConsistentRead: true,
        Limit: most - rows.length,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from && rows.length < most);
  return rows.map(sentEntryOf);
}

function query(table: MessagesTable, conversation: string, range: Range): QueryCommandInput {
  const { after, before } = range;
  const values: Row = { ":conversation": { S: conversation } };
  let condition = "conversation = :conversation";
  if (after !== undefined && before !== undefined) condition += " AND seq BETWEEN :from AND :to";
  else if (after !== undefined) condition += " AND seq >= :from";
  else if (before !== undefined) condition += " AND seq <= :to";
  if (after !== undefined) values[":from"] = { N: String(after + 1) };
  if (before !== undefined) values[":to"] = { N: String(before - 1) };
  return {
    TableName: table.tableName,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: values,
    ScanIndexForward: readsOn(range),
  };
}

/** `after` reads on from what is known; everything else begins at the newest. */
function readsOn(range: Range): boolean {
  return range.after !== undefined;
}
