// `ReturnValuesOnConditionCheckFailure: "ALL_OLD"`, which dynalite lacks: the item that made the condition fail is in the error.
// It is read after the failure, so under concurrent writes it can be newer than the one that was compared.
import type { Table } from "#local/stack.ts";
import { jsonReply } from "./json-reply.ts";
import type { Json, Reply, Store } from "./store.ts";

/** The reply, with the item if it is a failed condition and the request asked for it. */
export async function withFailedConditionItem(
  store: Store,
  table: Table | undefined,
  input: Json,
  reply: Reply,
): Promise<Reply> {
  const wanted = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
  if (!wanted || table === undefined || reply.status !== 400) return reply;
  const error = JSON.parse(reply.body);
  if (!String(error.__type).endsWith("#ConditionalCheckFailedException")) return reply;
  const { hash, range } = table.key;
  const source = (input.Key ?? input.Item) as Json;
  const names = range === undefined ? [hash] : [hash, range];
  const Key = Object.fromEntries(names.map((name) => [name, source[name]]));
  const { Item } = await store.call("GetItem", { TableName: table.name, Key, ConsistentRead: true });
  return Item === undefined ? reply : jsonReply(400, { ...error, Item });
}
