// TransactWriteItems and TransactGetItems as they are asked for: everything about them that can be checked without the tables, with the
// checks that dynalite has for the same actions outside of transactions.
import {
  type ActionInput,
  type ActionName,
  checks,
  checksOf,
  type DynaliteStore,
  database,
  type Item,
  type TypeOfMember,
  type TypesOfMembers,
} from "./dynalite-parts.ts";
import { expressionProblem } from "./expression-limits.ts";
import { useRememberingParsers } from "./remembering-parsers.ts";
import type { Json } from "./store.ts";

type Kind = "Put" | "Update" | "Delete" | "ConditionCheck" | "Get";

export interface Action {
  readonly kind: Kind;
  /** For dynalite's action of that kind. */
  readonly input: ActionInput;
}

export interface TransactionRequest {
  readonly actions: readonly Action[];
  readonly token: string | undefined;
  readonly capacity: unknown;
}

/** A condition is checked as that of a deletion, which then does not take place. */
export const actionNames: Readonly<Record<Kind, ActionName>> = {
  Put: "putItem",
  Update: "updateItem",
  Delete: "deleteItem",
  ConditionCheck: "deleteItem",
  Get: "getItem",
};

const maxActions = 100;

/** Throws the refusal, in DynamoDB's order: members, then each action's expressions; before anything is asked of a table. */
export function readWrites(input: Json, store: DynaliteStore): TransactionRequest {
  return readRequest(input, writeTypes(), "TransactItems can only contain one of Check, Put, Update or Delete", store);
}

export function readGets(input: Json, store: DynaliteStore): TransactionRequest {
  return readRequest(input, getTypes(), "TransactItems can only contain Get", store);
}

interface CheckedRequest {
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: unknown;
  readonly TransactItems: readonly (Readonly<Record<string, ActionInput>> | null)[];
}

function readRequest(input: Json, types: TypesOfMembers, oneOnly: string, store: DynaliteStore): TransactionRequest {
  useRememberingParsers();
  // In the words that AWS has come to use: its former, and dynalite's, have all actions in them.
  if (Array.isArray(input.TransactItems) && input.TransactItems.length > maxActions)
    throw database().validationError(
      `1 validation error detected: Value at 'TransactItems' failed to satisfy constraint: Member must have length less than or equal to ${maxActions}`,
    );
  const { checkTypes, checkValidations } = checks();
  const request = checkTypes<CheckedRequest>({ ...input }, types);
  checkValidations(request, types, undefined, store);
  const capacity = request.ReturnConsumedCapacity;
  const actions = request.TransactItems.map((entry) => {
    const [[kind, asked] = [], ...others] = Object.entries(entry ?? {});
    if (kind === undefined || asked === undefined || others.length > 0) throw database().validationError(oneOnly);
    return readAction(kind as Kind, { ...asked, ReturnConsumedCapacity: capacity }, store);
  });
  return { actions, token: request.ClientRequestToken, capacity };
}

function readAction(kind: Kind, asked: ActionInput, store: DynaliteStore): Action {
  const input = kind === "Get" ? { ...asked, ConsistentRead: true } : asked;
  const problem = expressionProblem(input) ?? checksOf(actionNames[kind]).custom(input, store);
  if (problem !== undefined) throw database().validationError(problem);
  return { kind, input };
}

const expressionMembers = ["ExpressionAttributeNames", "ExpressionAttributeValues"];

const returnConsumedCapacity = { type: "String", enum: ["INDEXES", "TOTAL", "NONE"] };

function writeTypes(): TypesOfMembers {
  const onFailure: TypesOfMembers = {
    ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
  };
  const condition = ["ConditionExpression", ...expressionMembers];
  const check = membersOf("ConditionCheck", ["TableName", "Key", ...condition]);
  const update = membersOf("Update", ["TableName", "Key", "UpdateExpression", ...condition]);
  return {
    ClientRequestToken: { type: "String", lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
    ReturnConsumedCapacity: returnConsumedCapacity,
    ReturnItemCollectionMetrics: { type: "String", enum: ["SIZE", "NONE"] },
    TransactItems: entriesOf("TransactWriteItem", {
      ConditionCheck: { ...needed(check, "ConditionExpression"), ...onFailure },
      Put: { ...membersOf("Put", ["TableName", "Item", ...condition]), ...onFailure },
      Delete: { ...membersOf("Delete", ["TableName", "Key", ...condition]), ...onFailure },
      Update: { ...needed(update, "UpdateExpression"), ...onFailure },
    }),
  };
}

function getTypes(): TypesOfMembers {
  const get = membersOf("Get", ["TableName", "Key", "ProjectionExpression", "ExpressionAttributeNames"]);
  return { ReturnConsumedCapacity: returnConsumedCapacity, TransactItems: entriesOf("TransactGetItem", { Get: get }) };
}

function entriesOf(entry: string, actions: Readonly<Record<string, TypesOfMembers>>): TypeOfMember {
  const children = Object.entries(actions).map(([kind, members]) => [
    kind,
    { type: `FieldStruct<${kind}>`, children: members },
  ]);
  return {
    type: "List",
    notNull: true,
    lengthGreaterThanOrEqual: 1,
    children: { type: `ValueStruct<${entry}>`, children: Object.fromEntries(children) },
  };
}

/** The members that an action has in a transaction, as dynalite describes them. */
function membersOf(kind: Kind, names: readonly string[]): TypesOfMembers {
  const { types } = checksOf(actionNames[kind]);
  return Object.fromEntries(names.map((name) => [name, types[name] as TypeOfMember]));
}

function needed(types: TypesOfMembers, name: string): TypesOfMembers {
  return { ...types, [name]: { ...(types[name] as object), type: "String", notNull: true } };
}

/** Where an action's item is named. */
export function keyOrItem({ kind, input }: Action): Item {
  return (kind === "Put" ? input.Item : input.Key) ?? {};
}
