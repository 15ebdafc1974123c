import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  type TransactGetItem,
  TransactGetItemsCommand,
  type TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, TransactGetCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { counters, EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

const id = (n: number): Record<string, AttributeValue> => ({ id: { N: `${n}` } });
const get = (n: number): TransactGetItem => ({ Get: { TableName: counters.name, Key: id(n) } });

describe("a transaction that reads", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  beforeEach(async () => {
    client = await dynamodb.client();
    await client.send(
      new PutItemCommand({ TableName: counters.name, Item: { ...id(1), count: { N: "5" }, name: { S: "one" } } }),
    );
    await client.send(new PutItemCommand({ TableName: memberships.name, Item: member("a", { ttl: { N: "9" } }) }));
  });

  const read = async (...TransactItems: TransactGetItem[]) =>
    await client.send(new TransactGetItemsCommand({ TransactItems, ReturnConsumedCapacity: "INDEXES" }));

  async function refused(...items: TransactGetItem[]): Promise<string> {
    const { name, message } = await refusal(read(...items));
    return `${name}: ${message}`;
  }

  it("answers in the order of the request, with nothing for what is not there", async () => {
    const membership = { Get: { TableName: memberships.name, Key: member("a") } };
    const { Responses } = await read(get(2), membership, get(1));
    expect(Responses).to.deep.equal([
      {},
      { Item: member("a", { ttl: { N: "9" } }) },
      { Item: { ...id(1), count: { N: "5" }, name: { S: "one" } } },
    ]);
  });

  it("projects each item as its action says", async () => {
    const projected = (ProjectionExpression: string, ExpressionAttributeNames?: Record<string, string>) => ({
      Get: { ...get(1).Get, TableName: counters.name, Key: id(1), ProjectionExpression, ExpressionAttributeNames },
    });
    const { Responses } = await read(projected("#n, id", { "#n": "name" }));
    expect(Responses).to.deep.equal([{ Item: { ...id(1), name: { S: "one" } } }]);
  });

  it("costs two read units for each item, there or not", async () => {
    const { ConsumedCapacity } = await read(get(1), get(2));
    const units = { CapacityUnits: 4, ReadCapacityUnits: 4 };
    expect(ConsumedCapacity).to.deep.equal([{ TableName: counters.name, ...units, Table: units }]);
  });

  it("is cancelled for a key that does not match the schema", async () => {
    const wrong = { Get: { TableName: counters.name, Key: { id: { S: "1" } } } };
    const error = (await refusal(read(get(1), wrong))) as TransactionCanceledException;
    expect(error.message).to.contain("[None, ValidationError]");
    expect(error.CancellationReasons).to.deep.equal([
      { Code: "None" },
      { Code: "ValidationError", Message: "The provided key element does not match the schema" },
    ]);
  });

  it("is refused with more than a hundred items, one twice, no table, a bad projection, or above 4 MB", async () => {
    expect(await refused(...Array.from({ length: 101 }, (_, n) => get(n)))).to.match(
      /^ValidationException: .*Member must have length less than or equal to 100$/,
    );
    expect(await refused(get(1), get(1))).to.equal(
      "ValidationException: Transaction request cannot include multiple operations on one item",
    );
    expect(await refused({ Get: { TableName: "other", Key: id(1) } })).to.equal(
      "ResourceNotFoundException: Requested resource not found",
    );
    expect(await refused({ Get: { TableName: counters.name, Key: id(1), ProjectionExpression: "!!!" } })).to.match(
      /^ValidationException: Invalid ProjectionExpression: Syntax error/,
    );
    for (let n = 0; n < 11; n++) {
      const Item = { ...id(n), text: { S: "x".repeat(390 * 1024) } };
      await client.send(new PutItemCommand({ TableName: counters.name, Item }));
    }
    expect(await refused(...Array.from({ length: 11 }, (_, n) => get(n)))).to.match(/cannot exceed 4 MB/);
  });

  it("comes from a DocumentClient", async () => {
    const documents = DynamoDBDocumentClient.from(client);
    const command = new TransactGetCommand({ TransactItems: [{ Get: { TableName: counters.name, Key: { id: 1 } } }] });
    expect((await documents.send(command)).Responses).to.deep.equal([{ Item: { id: 1, count: 5, name: "one" } }]);
  });
});
