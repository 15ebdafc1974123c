import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { counters, EmbeddedDynamoDb, memberships, refusal } from "./embedded-dynamodb.ts";

type Item = Record<string, AttributeValue>;

const id = (n: number): Item => ({ id: { N: `${n}` } });
const TableName = counters.name;
const put = (Item: Item): TransactWriteItem => ({ Put: { TableName, Item } });
const isNew = "attribute_not_exists(id)";
const check = (n: number, ConditionExpression: string): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: id(n), ConditionExpression },
});

describe("a transaction that cannot be written", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  beforeEach(async () => {
    client = await dynamodb.client();
  });

  const refused = (items: readonly TransactWriteItem[]): Promise<Error> =>
    refusal(client.send(new TransactWriteItemsCommand({ TransactItems: [...items] })));
  const all = async (): Promise<unknown> => (await client.send(new ScanCommand({ TableName }))).Items;

  describe("is cancelled for a ValidationError", () => {
    const cases: readonly (readonly [string, TransactWriteItem, string])[] = [
      [
        "of an operand's type",
        {
          Update: {
            TableName,
            Key: id(1),
            UpdateExpression: "SET #c = #n + #c",
            ExpressionAttributeNames: { "#c": "count", "#n": "name" },
          },
        },
        "An operand in the update expression has an incorrect data type",
      ],
      [
        "of an attribute that is not there",
        { Update: { TableName, Key: id(1), UpdateExpression: "SET a = b" } },
        "The provided expression refers to an attribute that does not exist in the item",
      ],
      [
        "of a path that is not there",
        { Update: { TableName, Key: id(1), UpdateExpression: "SET a.b = id" } },
        "The document path provided in the update expression is invalid for update",
      ],
      [
        "of an item that becomes too large",
        {
          Update: {
            TableName,
            Key: id(1),
            UpdateExpression: "SET a = :a",
            ExpressionAttributeValues: { ":a": { S: "x".repeat(400 * 1024) } },
          },
        },
        "Item size to update has exceeded the maximum allowed size",
      ],
      [
        "of a key that is updated",
        { Update: { TableName, Key: id(1), UpdateExpression: "REMOVE id" } },
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
      ],
      [
        "of the type of a new item's key",
        { Put: { TableName, Item: { id: { S: "1" } } } },
        "One or more parameter values were invalid: Type mismatch for key id expected: N actual: S",
      ],
      [
        "of a key that does not match the schema",
        { Delete: { TableName, Key: { id: { S: "1" } } } },
        "The provided key element does not match the schema",
      ],
    ];
    for (const [what, action, Message] of cases) {
      it(what, async () => {
        const before = { ...id(1), count: { N: "1" }, name: { S: "one" } };
        await client.send(new PutItemCommand({ TableName, Item: before }));
        const error = (await refused([put(id(2)), action])) as TransactionCanceledException;
        expect(error.name).to.equal("TransactionCanceledException");
        expect(error.message).to.contain("[None, ValidationError]");
        expect(error.CancellationReasons).to.deep.equal([{ Code: "None" }, { Code: "ValidationError", Message }]);
        expect(await all()).to.deep.equal([before]);
      });
    }
  });

  describe("is refused before it begins", () => {
    const cases: readonly (readonly [string, readonly TransactWriteItem[], string | RegExp])[] = [
      [
        "without actions",
        [],
        "ValidationException: 1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ],
      [
        "with more than a hundred",
        Array.from({ length: 101 }, (_, n) => put(id(n))),
        "ValidationException: 1 validation error detected: Value at 'TransactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
      ],
      [
        "with two actions on one item",
        [put(id(1)), check(1, isNew)],
        "ValidationException: Transaction request cannot include multiple operations on one item",
      ],
      [
        "with two writings of one number as the key",
        [put({ id: { N: "1" } }), put({ id: { N: "1.0" } })],
        "ValidationException: Transaction request cannot include multiple operations on one item",
      ],
      [
        "with two actions in one entry",
        [{ ...put(id(1)), ...check(2, isNew) }],
        "ValidationException: TransactItems can only contain one of Check, Put, Update or Delete",
      ],
      [
        "with an entry without an action",
        [{}],
        "ValidationException: TransactItems can only contain one of Check, Put, Update or Delete",
      ],
      [
        "with a check of nothing",
        [put(id(1)), { ConditionCheck: { TableName, Key: id(2), ConditionExpression: undefined } }],
        "ValidationException: 1 validation error detected: Value null at 'transactItems.2.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
      ],
      [
        "with a table that is not there",
        [put(id(1)), { Put: { TableName: "other", Item: id(1) } }],
        "ResourceNotFoundException: Requested resource not found",
      ],
      [
        "with an expression that cannot be read, before the missing table",
        [{ Put: { TableName: "other", Item: id(1) } }, check(1, "attribute_not_exists(")],
        /^ValidationException: Invalid ConditionExpression: Syntax error/,
      ],
      [
        "with a value that no expression uses",
        [
          {
            Put: {
              TableName,
              Item: id(1),
              ConditionExpression: isNew,
              ExpressionAttributeValues: { ":v": { N: "1" } },
            },
          },
        ],
        "ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}",
      ],
      [
        "with an expression of more than 300 operators",
        [check(1, `${"NOT (".repeat(300)}id = id${")".repeat(300)}`)],
        "ValidationException: Invalid ConditionExpression: The expression contains too many operators; operator count: 301",
      ],
      [
        "with an expression above 4 KB",
        [check(1, `id = id${" ".repeat(4096)}`)],
        "ValidationException: Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4103",
      ],
      [
        "with an item above 400 KB",
        [put({ ...id(1), text: { S: "x".repeat(400 * 1024) } })],
        "ValidationException: Item size has exceeded the maximum allowed size",
      ],
      [
        "with an empty key",
        [{ Delete: { TableName: memberships.name, Key: { conversation: { S: "" }, connectionId: { S: "a" } } } }],
        "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: conversation",
      ],
      [
        "with items above 4 MB",
        Array.from({ length: 11 }, (_, n) => put({ ...id(n), text: { S: "x".repeat(390 * 1024) } })),
        /^ValidationException: The aggregate size of the items in the transaction cannot exceed 4 MB; it is \d+ bytes$/,
      ],
    ];
    for (const [what, items, expected] of cases) {
      it(what, async () => {
        const { name, message } = await refused(items);
        const said = `${name}: ${message}`;
        if (typeof expected === "string") expect(said).to.equal(expected);
        else expect(said).to.match(expected);
        expect(await all()).to.deep.equal([]);
      });
    }
  });
});
