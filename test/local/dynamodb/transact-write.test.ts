import {
  type AttributeValue,
  type CancellationReason,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "chai";
import { counters, EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

type Item = Record<string, AttributeValue>;

const id = (n: number): Item => ({ id: { N: `${n}` } });
const counter = (n: number, count: number): Item => ({ ...id(n), count: { N: `${count}` } });
const TableName = counters.name;
const put = (Item: Item): TransactWriteItem => ({ Put: { TableName, Item } });
const names = { ExpressionAttributeNames: { "#c": "count" } };
const add = (n: number, count: number): TransactWriteItem => ({
  Update: {
    TableName,
    Key: id(n),
    UpdateExpression: "ADD #c :n",
    ...names,
    ExpressionAttributeValues: { ":n": { N: `${count}` } },
  },
});
const isNew = "attribute_not_exists(id)";
const check = (n: number, ConditionExpression: string): TransactWriteItem => ({
  ConditionCheck: { TableName, Key: id(n), ConditionExpression },
});

describe("a transaction that writes", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  beforeEach(async () => {
    client = await dynamodb.client();
  });

  const write = (...TransactItems: TransactWriteItem[]): Promise<unknown> =>
    client.send(new TransactWriteItemsCommand({ TransactItems }));

  async function seed(...items: Item[]): Promise<void> {
    for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }));
  }

  async function all(): Promise<Item[]> {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    return Items.sort((a, b) => Number(a.id?.N) - Number(b.id?.N));
  }

  /** Fails the test unless the transaction is cancelled. */
  async function reasons(...items: TransactWriteItem[]): Promise<CancellationReason[]> {
    const error = (await refusal(write(...items))) as TransactionCanceledException;
    expect(error.name).to.equal("TransactionCanceledException");
    const codes = error.CancellationReasons?.map(({ Code }) => Code).join(", ");
    expect(error.message).to.equal(
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    );
    return error.CancellationReasons ?? [];
  }

  it("puts, updates, deletes and checks, in several tables", async () => {
    await seed(counter(1, 1), counter(2, 2), counter(3, 3));
    const Item = member("a", { name: { S: "Ada" } });
    await write(
      put(counter(4, 4)),
      add(1, 10),
      { Delete: { TableName, Key: id(2), ConditionExpression: "attribute_exists(id)" } },
      check(3, "attribute_exists(id)"),
      { Put: { TableName: memberships.name, Item } },
    );
    expect(await all()).to.deep.equal([counter(1, 11), counter(3, 3), counter(4, 4)]);
    const got = await client.send(new GetItemCommand({ TableName: memberships.name, Key: member("a") }));
    expect(got.Item).to.deep.equal(Item);
  });

  it("makes an item by an update, as outside of a transaction", async () => {
    await write(add(7, 5));
    expect(await all()).to.deep.equal([counter(7, 5)]);
  });

  it("is followed by the indexes: rows come, move and go", async () => {
    const inIndex = async (): Promise<unknown> => {
      const { Items } = await client.send(
        new ScanCommand({ TableName: memberships.name, IndexName: "connectionId-index" }),
      );
      return Items?.map(({ connectionId }) => connectionId?.S).sort();
    };
    const change = (item: TransactWriteItem): Promise<unknown> => write(item, put(id(1)));
    await change({ Put: { TableName: memberships.name, Item: member("a") } });
    await change({ Put: { TableName: memberships.name, Item: member("b") } });
    expect(await inIndex()).to.deep.equal(["a", "b"]);
    const query = new QueryCommand({
      TableName: memberships.name,
      IndexName: "connectionId-index",
      KeyConditionExpression: "connectionId = :c",
      ExpressionAttributeValues: { ":c": { S: "a" } },
    });
    expect((await client.send(query)).Items).to.deep.equal([member("a")]);
    await change({ Delete: { TableName: memberships.name, Key: member("a") } });
    expect(await inIndex()).to.deep.equal(["b"]);
  });

  it("whose condition fails changes nothing, and says of each action what became of it, in their order", async () => {
    await seed(counter(1, 1), counter(2, 2));
    const before = await all();
    const failed = { Code: "ConditionalCheckFailed", Message: "The conditional request failed" };
    expect(
      await reasons(
        put(counter(5, 5)),
        { Put: { TableName, Item: counter(1, 9), ConditionExpression: isNew } },
        add(2, 1),
        check(6, "attribute_exists(id)"),
        { Delete: { TableName, Key: id(8), ConditionExpression: "attribute_exists(id)" } },
      ),
    ).to.deep.equal([{ Code: "None" }, failed, { Code: "None" }, failed, failed]);
    expect(await all()).to.deep.equal(before);
  });

  it("gives back the item that failed a condition to whom asks for it", async () => {
    await seed(counter(1, 1), counter(2, 2));
    const asked = { ConditionExpression: isNew, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    const [first, second, third] = await reasons(
      { Put: { TableName, Item: counter(1, 9), ...asked } },
      { Delete: { TableName, Key: id(2), ConditionExpression: isNew } },
      { Update: { ...add(3, 1).Update, TableName, Key: id(3), UpdateExpression: "ADD #c :n", ...asked } },
    );
    expect(first?.Item).to.deep.equal(counter(1, 1));
    expect(second?.Item).to.equal(undefined);
    expect(third).to.deep.equal({ Code: "None" });
  });

  it("has the cancellation in AWS's wire form", async () => {
    const db = await dynamodb.start();
    const response = await fetch(db.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "DynamoDB_20120810.TransactWriteItems",
        "x-amz-date": new Date().toISOString().replace(/[-:]|\.\d+/g, ""),
        authorization: `AWS4-HMAC-SHA256 Credential=operator/${new Date().toISOString().slice(0, 10).replaceAll("-", "")}/eu-central-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
      },
      body: JSON.stringify({ TransactItems: [put(id(1)), check(2, "attribute_exists(id)")] }),
    });
    expect(response.status).to.equal(400);
    expect(await response.text()).to.equal(
      '{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",' +
        '"CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed"}],' +
        '"Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"}',
    );
  });

  it("takes a hundred actions, and items just below 4 MB", async () => {
    const TransactItems = Array.from({ length: 100 }, (_, n) => put({ ...id(n), text: { S: "x".repeat(40 * 1024) } }));
    await write(...TransactItems);
    const { Count } = await client.send(new ScanCommand({ TableName, Select: "COUNT", Limit: 1000 }));
    expect(Count).to.be.greaterThan(20);
    expect((await client.send(new GetItemCommand({ TableName, Key: id(99) }))).Item).to.deep.include(id(99));
  });

  it("costs two write units per kilobyte, and its repetition two read units per four", async () => {
    const command = new TransactWriteItemsCommand({
      TransactItems: [put({ ...id(1), text: { S: "x".repeat(1500) } }), check(2, isNew)],
      ReturnConsumedCapacity: "TOTAL",
      ClientRequestToken: "token-1",
    });
    const spent = async () => (await client.send(command)).ConsumedCapacity;
    expect(await spent()).to.deep.equal([{ TableName, CapacityUnits: 6, WriteCapacityUnits: 6 }]);
    expect(await spent()).to.deep.equal([{ TableName, CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  it("with a token is done once, and refused with the token of another", async () => {
    const once = (count: number) =>
      new TransactWriteItemsCommand({ TransactItems: [add(1, count), add(2, count)], ClientRequestToken: "token-1" });
    await client.send(once(1));
    await client.send(once(1));
    expect(await all()).to.deep.equal([counter(1, 1), counter(2, 1)]);
    const error = await refusal(client.send(once(2)));
    expect(error.name).to.equal("IdempotentParameterMismatchException");
    expect(await all()).to.deep.equal([counter(1, 1), counter(2, 1)]);
  });

  it("that was cancelled may be tried again with its token", async () => {
    const command = new TransactWriteItemsCommand({
      TransactItems: [check(2, "attribute_exists(id)"), add(1, 1)],
      ClientRequestToken: "token-1",
    });
    expect((await refusal(client.send(command))).name).to.equal("TransactionCanceledException");
    await seed(id(2));
    await client.send(command);
    expect(await all()).to.deep.equal([counter(1, 1), id(2)]);
  });

  it("comes from a DocumentClient, with its reasons", async () => {
    const documents = DynamoDBDocumentClient.from(client);
    const transfer = (n: number): TransactWriteCommand =>
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName,
              Item: { id: n, tags: ["a", "b"] },
              ConditionExpression: isNew,
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
        ],
      });
    await documents.send(transfer(1));
    const error = (await refusal(documents.send(transfer(1)))) as TransactionCanceledException;
    expect(error.CancellationReasons?.[0]).to.deep.equal({
      Code: "ConditionalCheckFailed",
      Item: { id: { N: "1" }, tags: { L: [{ S: "a" }, { S: "b" }] } },
      Message: "The conditional request failed",
    });
  });
});
