// Reading a conversation back: the newest row, and pages from either end.
import { QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Page } from "#chat/ports.ts";
import type { Message } from "#protocol/messages.ts";
import type { MessagesTable } from "./dynamodb-messages.ts";
import { isAlive, type Row } from "./table-rows.ts";

export interface Range {
  readonly limit: number;
  readonly before?: number;
  readonly after?: number;
}

/** An answer is one WebSocket message, and that ends at 128 KB (aws facts §5.1); the rest is what JSON adds. */
const PAGE_BYTES = 96 * 1024;

export async function lastSeqRow(table: MessagesTable, conversation: string): Promise<Row | undefined> {
  const { Items } = await table.client.send(
    new QueryCommand({ ...query(table, conversation, { limit: 1 }), ConsistentRead: true, Limit: 1 }),
  );
  return Items?.[0];
}

export async function pageOfRows(
  table: MessagesTable,
  conversation: string,
  range: Range,
  messageOf: (row: Row) => Message,
): Promise<Page> {
  const messages: Message[] = [];
  let bytes = 0;
  let from: Row | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        ...query(table, conversation, range),
        ConsistentRead: true,
        // one more than asked tells whether there are more
        Limit: range.limit + 1 - messages.length,
        ...(from ? { ExclusiveStartKey: from } : {}),
      }),
    );
    for (const row of page.Items ?? []) {
      if (!isAlive(row, table.clock.now())) continue;
      const message = messageOf(row);
      bytes += Buffer.byteLength(JSON.stringify(message));
      if (messages.length === range.limit || (bytes > PAGE_BYTES && messages.length > 0)) {
        return { messages: inOrder(messages, range), more: true };
      }
      messages.push(message);
    }
    from = page.LastEvaluatedKey;
  } while (from);
  return { messages: inOrder(messages, range), more: false };
}

function query(table: MessagesTable, conversation: string, range: Range): QueryCommandInput {
  const { after, before } = range;
  const bounds = after !== undefined && before !== undefined ? " AND seq BETWEEN :from AND :to" : "";
  const condition =
    bounds || (after !== undefined ? " AND seq >= :from" : before !== undefined ? " AND seq <= :to" : "");
  return {
    TableName: table.tableName,
    KeyConditionExpression: `conversation = :conversation${condition}`,
    ExpressionAttributeValues: {
      ":conversation": { S: conversation },
      ...(after === undefined ? {} : { ":from": { N: String(after + 1) } }),
      ...(before === undefined ? {} : { ":to": { N: String(before - 1) } }),
    },
    ScanIndexForward: forward(range),
  };
}

/** `after` reads on from what the client has; everything else begins at the newest. */
function forward(range: Range): boolean {
  return range.after !== undefined;
}

function inOrder(messages: readonly Message[], range: Range): readonly Message[] {
  return forward(range) ? messages : [...messages].reverse();
}
