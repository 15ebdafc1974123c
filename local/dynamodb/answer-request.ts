// One DynamoDB request from its wire form to its answer: who asks, may they, and what dynalite cannot do itself.
import type { Credentials } from "#local/iam/credentials.ts";
import { type AccessRequest, evaluate } from "#local/iam/evaluate.ts";
import type { Table } from "#local/stack.ts";
import { withFailedConditionItem } from "./failed-condition-item.ts";
import { jsonReply } from "./json-reply.ts";
import { requestedAccess } from "./requested-access.ts";
import type { Json, Reply, Store } from "./store.ts";
import { describeTimeToLive } from "./time-to-live.ts";

export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Answering {
  readonly store: Store;
  readonly tables: readonly Table[];
  readonly credentials: Credentials;
  /** `arn:aws:dynamodb:<region>:<account>:table/`, for tables that are not in the stack. */
  readonly arnPrefix: string;
}

/** What AWS offers and the embedded store does not: refused by name, after the permissions. */
const notServed = new Set([
  "TransactWriteItems",
  "TransactGetItems",
  "ExecuteStatement",
  "BatchExecuteStatement",
  "ExecuteTransaction",
  "UpdateTimeToLive",
]);

export async function answerRequest(answering: Answering, request: WireRequest): Promise<Reply> {
  const { store, tables } = answering;
  const action = String(request.headers["x-amz-target"] ?? "").split(".")[1];
  const input = parseInput(request.body);
  if (request.method !== "POST" || action === undefined || input === undefined) return await store.send(request);
  const denied = accessDenied(answering, request, action, input);
  if (denied !== undefined) return denied;
  const table = tables.find(({ name }) => name === input.TableName);
  if (action === "DescribeTimeToLive" && table) return jsonReply(200, describeTimeToLive(table));
  if (notServed.has(action)) {
    return jsonReply(400, {
      __type: "com.amazon.coral.service#UnknownOperationException",
      message: `${action} is not served by the embedded DynamoDB. TTL comes from the Terraform file; instead of transactions and PartiQL use single conditional writes.`,
    });
  }
  return await withFailedConditionItem(store, table, input, await store.send(request));
}

function accessDenied(answering: Answering, request: WireRequest, action: string, input: Json): Reply | undefined {
  const { tables, credentials, arnPrefix } = answering;
  const caller = credentials.callerOf({ authorization: String(request.headers.authorization ?? ""), url: request.url });
  if (!caller) return undefined;
  const find = (name: string): Table | undefined => tables.find((table) => table.name === name);
  const arnOf = (name: string): string => find(name)?.arn ?? arnPrefix + name;
  for (const { leadingKeys, ...access } of requestedAccess(action, input, { find, arnOf })) {
    const context = leadingKeys ? { "dynamodb:LeadingKeys": leadingKeys } : {};
    const asked: AccessRequest = { ...access, context, sessionName: caller.functionName };
    const decision = evaluate(caller.role, asked);
    if (!decision.allowed) {
      return jsonReply(400, { __type: "com.amazon.coral.service#AccessDeniedException", Message: decision.message });
    }
  }
  return undefined;
}

/** undefined: not a JSON object; dynalite answers that as AWS does. */
function parseInput(body: Buffer): Json | undefined {
  try {
    const input: unknown = JSON.parse(body.toString());
    return typeof input === "object" && input !== null && !Array.isArray(input) ? (input as Json) : undefined;
  } catch {
    return undefined;
  }
}
