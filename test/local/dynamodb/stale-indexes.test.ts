import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { Chaos } from "#local/chaos/chaos.ts";
import { EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

const { name: TableName } = memberships;
const Key = member("a");

describe("reads of an index that lag", () => {
  const dynamodb = new EmbeddedDynamoDb();

  const lag = (ms: number, share = 1): Chaos => new Chaos({ faults: [{ kind: "stale-index", share, ms }] });

  async function inIndex(client: DynamoDBClient): Promise<number> {
    const { Count = 0 } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: "connectionId-index",
        KeyConditionExpression: "connectionId = :id",
        ExpressionAttributeValues: { ":id": { S: "a" } },
      }),
    );
    return Count;
  }

  /** How long until the index has so many, in milliseconds; the test's own time limit ends it. */
  async function untilInIndex(client: DynamoDBClient, count: number): Promise<number> {
    const from = performance.now();
    while ((await inIndex(client)) !== count);
    return performance.now() - from;
  }

  it("see writes and deletes later, while the table sees them at once", async () => {
    const client = dynamodb.clientOf(await dynamodb.start({ chaos: lag(150) }));
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    expect(await inIndex(client)).to.equal(0);
    expect((await client.send(new GetItemCommand({ TableName, Key }))).Item).to.deep.equal(Key);
    expect(await untilInIndex(client, 1)).to.be.greaterThan(50);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    expect(await inIndex(client)).to.equal(1);
    await untilInIndex(client, 0);
  });

  it("follow batches too", async () => {
    const client = dynamodb.clientOf(await dynamodb.start({ chaos: lag(20) }));
    const RequestItems = { [TableName]: [{ PutRequest: { Item: Key } }] };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
    await untilInIndex(client, 1);
  });

  it("follow transactions too", async () => {
    const client = dynamodb.clientOf(await dynamodb.start({ chaos: lag(150) }));
    const put = { Put: { TableName, Item: Key } };
    const other = { Put: { TableName, Item: member("b") } };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [put, other] }));
    expect(await inIndex(client)).to.equal(0);
    expect(await untilInIndex(client, 1)).to.be.greaterThan(50);
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key } }] }));
    expect(await inIndex(client)).to.equal(1);
    await untilInIndex(client, 0);
  });

  it("are a share of all, if the fault says so", async () => {
    const client = dynamodb.clientOf(await dynamodb.start({ chaos: lag(60_000, 0.5) }));
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    const seen = new Set<number>();
    // The test's own time limit ends it.
    while (seen.size < 2) seen.add(await inIndex(client));
    expect([...seen].sort()).to.deep.equal([0, 1]);
  });

  it("begin and end while the tables are there", async () => {
    const chaos = new Chaos();
    const client = dynamodb.clientOf(await dynamodb.start({ chaos }));
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    chaos.use([{ kind: "stale-index", share: 1, ms: 60_000 }]);
    expect(await inIndex(client), "what was there before").to.equal(1);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    expect(await inIndex(client)).to.equal(1);
    chaos.use([]);
    expect(await inIndex(client)).to.equal(0);
  });

  it("lose what has expired, later", async () => {
    const db = await dynamodb.start({ chaos: lag(20) });
    const client = dynamodb.clientOf(db);
    const seconds = Math.floor(Date.now() / 1000);
    await client.send(new PutItemCommand({ TableName, Item: { ...Key, ttl: { N: String(seconds) } } }));
    await untilInIndex(client, 1);
    expect(await db.sweep(seconds + 1)).to.equal(1);
    await untilInIndex(client, 0);
  });

  it("are the embedded store's alone", async () => {
    const error = await refusal(dynamodb.start({ chaos: lag(1), dynamodbEndpoint: "http://127.0.0.1:1" }));
    expect(error.message).to.equal(
      "The fault stale-index is the embedded DynamoDB's, and the tables are in http://127.0.0.1:1: leave out one.",
    );
  });

  it("do not lag unless that is asked for", async () => {
    const client = await dynamodb.client();
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    expect(await inIndex(client)).to.equal(1);
  });
});
