// One DynamoDB request from its wire form to its answer: who asks, may they, and what the store cannot do itself.
import type { Caller, Credentials } from "#local/iam/credentials.ts";
import { type AccessRequest, evaluate } from "#local/iam/evaluate.ts";
import { verifySignature } from "#local/iam/verify-signature.ts";
import type { Table } from "#local/stack.ts";
import { refusedExpression } from "./expression-limits.ts";
import { withFailedConditionItem } from "./failed-condition-item.ts";
import { jsonReply } from "./json-reply.ts";
import { requestedAccess } from "./requested-access.ts";
import type { StaleIndexes } from "./stale-indexes.ts";
import { type Json, type Reply, type Store, type WireRequest, withSignature } from "./store.ts";
import type { TableActions } from "./table-actions.ts";
import type { Transactions } from "./transactions.ts";

export interface Answering {
  readonly store: Store;
  readonly tables: readonly Table[];
  readonly credentials: Credentials;
  readonly region: string;
  /** `arn:aws:dynamodb:<region>:<account>:table/`, for tables that are not in the stack. */
  readonly arnPrefix: string;
  /** What dynalite lacks; a real DynamoDB needs nothing of it. */
  readonly embedded?: {
    readonly actions: TableActions;
    readonly staleIndexes: StaleIndexes;
    readonly transactions: Transactions;
  };
}

/** What AWS offers and the embedded store does not: refused by name, after the permissions. */
const notServed = new Set(["ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"]);

/** They go through several items without a lock, and see none of a transaction or all of it. */
function isApartFromTransactions(action: string, input: Json): boolean {
  // A local index that lacks attributes gets them from the table, row by row.
  return action === "BatchGetItem" || action === "DeleteTable" || input.Select === "ALL_ATTRIBUTES";
}

export async function answerRequest(answering: Answering, request: WireRequest): Promise<Reply> {
  const action = String(request.headers["x-amz-target"] ?? "").split(".")[1];
  const input = parseInput(request.body);
  if (request.method !== "POST" || action === undefined || input === undefined)
    return await noAction(answering, request);
  const refused = whoMayNot(answering, request, { action, input });
  if (refused) return refused;
  const { store, embedded } = answering;
  if (!embedded) return await store.send(request);
  const asked = { action, input, request: withSignature(request) };
  if (!isApartFromTransactions(action, input)) return await answerEmbedded(answering, embedded, asked);
  return await embedded.transactions.apart(() => answerEmbedded(answering, embedded, asked));
}

/** What nobody's permission was looked at for must not be carried out: dynalite, asked without a signature, says what is wrong with it. */
async function noAction({ store, embedded }: Answering, request: WireRequest): Promise<Reply> {
  if (embedded)
    return await store.send({ ...request, url: "/", headers: { ...request.headers, authorization: undefined } });
  // Another DynamoDB would get it with this machine's own signature, and may understand what is not understood here.
  if (request.method === "POST") return refusal("SerializationException");
  return await store.send({ ...request, headers: {} });
}

/** undefined: whoever it is may do it. */
function whoMayNot(
  answering: Answering,
  request: WireRequest,
  { action, input }: { readonly action: string; readonly input: Json },
): Reply | undefined {
  const { credentials, region } = answering;
  if (!credentials.enforced) return undefined;
  const signer = verifySignature(request, { credentials, service: "dynamodb", region });
  switch (signer.kind) {
    case "anonymous":
      return refusal("MissingAuthenticationTokenException", "Request is missing Authentication Token");
    case "refused":
      return refusal(signer.errorType, signer.message);
    case "developer":
      return undefined;
    case "known":
      return accessDenied(answering, signer.caller, action, input);
  }
}

function refusal(type: string, message?: string): Reply {
  return jsonReply(400, { __type: `com.amazon.coral.service#${type}`, ...(message !== undefined && { message }) });
}

interface Asked {
  readonly action: string;
  readonly input: Json;
  readonly request: WireRequest;
}

async function answerEmbedded(
  { store, tables }: Answering,
  { actions, staleIndexes, transactions }: NonNullable<Answering["embedded"]>,
  { action, input, request }: Asked,
): Promise<Reply> {
  if (notServed.has(action)) {
    const message = `${action} is not served by the embedded DynamoDB. Instead of PartiQL use the other actions, or another DynamoDB by its endpoint.`;
    return refusal("UnknownOperationException", message);
  }
  const preparing = staleIndexes.prepare();
  if (preparing) await preparing;
  const refused = refusedExpression(input);
  if (refused) return refused;
  const answered =
    actions.answer(action, input, request) ??
    transactions.answer(action, input) ??
    staleIndexes.answer(action, input, request);
  const table = tables.find(({ name }) => name === input.TableName);
  const reply = answered
    ? await answered
    : await withFailedConditionItem(store, table, input, await store.send(request));
  if (reply.status === 200) await staleIndexes.follow(action, input);
  return reply;
}

function accessDenied(
  { tables, arnPrefix }: Answering,
  caller: Caller,
  action: string,
  input: Json,
): Reply | undefined {
  const find = (name: string): Table | undefined => tables.find((table) => table.name === name);
  const arnOf = (name: string): string => find(name)?.arn ?? arnPrefix + name;
  for (const { leadingKeys, enclosingOperation, ...access } of requestedAccess(action, input, { find, arnOf })) {
    const context = {
      ...(leadingKeys ? { "dynamodb:LeadingKeys": leadingKeys } : {}),
      ...(enclosingOperation ? { "dynamodb:EnclosingOperation": enclosingOperation } : {}),
    };
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
