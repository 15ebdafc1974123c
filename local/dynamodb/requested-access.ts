// Which IAM actions on which ARNs a DynamoDB request needs.
import type { Table, TableIndex } from "#local/stack.ts";
import type { Json } from "./store.ts";

export interface RequestedAccess {
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** ARN of a table or of an index; `*` for actions that are about no table. */
  readonly resource: string;
  /** Partition key values the request names, for the condition key dynamodb:LeadingKeys. */
  readonly leadingKeys?: readonly string[];
  /** The transaction it is a part of, for the condition key dynamodb:EnclosingOperation. */
  readonly enclosingOperation?: string;
}

export interface Tables {
  /** Of a table in the stack or not. */
  arnOf(tableName: string): string;
  find(tableName: string): Table | undefined;
}

const aboutNoTable = new Set(["ListTables", "DescribeLimits", "DescribeEndpoints", "ListBackups", "ListGlobalTables"]);

/** By ARN, and by nothing else: another action does not look at `ResourceArn`, nor these at `TableName`. */
const aboutArn = new Set(["TagResource", "UntagResource", "ListTagsOfResource"]);

/** Another action does not look at `IndexName`. */
const readsIndex = new Set(["Query", "Scan"]);

/** What each item of TransactWriteItems needs: there is no permission of that name. */
const transactWrites: Readonly<Record<string, string>> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
};

export function requestedAccess(action: string, input: Json, tables: Tables): RequestedAccess[] {
  switch (action) {
    case "BatchGetItem":
      return perTable(action, input, tables, (wanted) => listOf(object(wanted).Keys));
    case "BatchWriteItem":
      return perTable(action, input, tables, (writes) => listOf(writes).map(writtenKey));
    case "TransactGetItems":
      return transactItems(input).map(({ Get }) => ({
        ...onTable("GetItem", object(Get), tables),
        enclosingOperation: action,
      }));
    case "TransactWriteItems":
      return transactItems(input).flatMap((item) =>
        Object.entries(item).map(([kind, write]) => ({
          ...onTable(transactWrites[kind] ?? kind, object(write), tables),
          enclosingOperation: action,
        })),
      );
    default:
      if (aboutNoTable.has(action)) return [{ action: `dynamodb:${action}`, resource: "*" }];
      return [onTable(action, input, tables)];
  }
}

function perTable(
  action: string,
  input: Json,
  tables: Tables,
  keysOf: (wanted: unknown) => readonly Json[],
): RequestedAccess[] {
  return Object.entries(object(input.RequestItems)).map(([name, wanted]) => {
    const hash = tables.find(name)?.key.hash;
    const leadingKeys = hash === undefined ? [] : keysOf(wanted).flatMap((key) => keyText(key[hash]));
    return { action: `dynamodb:${action}`, resource: tables.arnOf(name), leadingKeys };
  });
}

/** Of the members that the action goes by alone: a member that it ignores must not decide what is allowed. */
function onTable(action: string, input: Json, tables: Tables): RequestedAccess {
  if (aboutArn.has(action)) return { action: `dynamodb:${action}`, resource: String(input.ResourceArn ?? "") };
  const name = String(input.TableName ?? "");
  const table = tables.find(name);
  const index = readsIndex.has(action) && typeof input.IndexName === "string" ? input.IndexName : undefined;
  const arn = tables.arnOf(name);
  const key = index === undefined ? table?.key : indexesOf(table).find((one) => one.name === index)?.key;
  const leadingKeys = key ? leadingKeysOf(action, input, key.hash) : [];
  return {
    action: `dynamodb:${action}`,
    resource: index === undefined ? arn : `${arn}/index/${index}`,
    ...(leadingKeys.length > 0 ? { leadingKeys } : {}),
  };
}

function indexesOf(table: Table | undefined): readonly TableIndex[] {
  return table ? [...table.globalIndexes, ...(table.localIndexes ?? [])] : [];
}

function leadingKeysOf(action: string, input: Json, hash: string): string[] {
  if (action === "PutItem") return keyText(object(input.Item)[hash]);
  if (action !== "Query") return keyText(object(input.Key)[hash]);
  const [legacy] = listOf(object(object(input.KeyConditions)[hash]).AttributeValueList);
  return legacy ? keyText(legacy) : keyText(comparedTo(hash, input));
}

/** The value that a Query's KeyConditionExpression sets equal to the partition key: `#pk = :pk and begins_with(#sk, :from)`. */
function comparedTo(hash: string, input: Json): unknown {
  const expression = typeof input.KeyConditionExpression === "string" ? input.KeyConditionExpression : "";
  const names = object(input.ExpressionAttributeNames);
  const values = object(input.ExpressionAttributeValues);
  const equalities = [...expression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)|(:\w+)\s*=\s*([#\w.-]+)/g)];
  for (const [, left = "", right = "", reversedRight = "", reversedLeft = ""] of equalities) {
    const name = left || reversedLeft;
    if ((names[name] ?? name) === hash) return values[right || reversedRight];
  }
  return undefined;
}

function writtenKey(write: Json): Json {
  return object(object(write.PutRequest).Item ?? object(write.DeleteRequest).Key);
}

/** `{"S": "room:general"}` → `room:general` */
function keyText(value: unknown): string[] {
  const [text] = Object.values(object(value));
  return text === undefined ? [] : [String(text)];
}

/** More than a hundred are refused whoever asks. */
function transactItems(input: Json): readonly Json[] {
  return listOf(input.TransactItems).slice(0, 100).map(object);
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
