import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { EmbeddedDynamoDb, member, memberships } from "./embedded-dynamodb.ts";

const { name: TableName } = memberships;
const Key = member("a");

describe("reads of an index that lag", () => {
  const dynamodb = new EmbeddedDynamoDb();

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
    const client = dynamodb.clientOf(await dynamodb.start({ staleIndexMs: 150 }));
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    expect(await inIndex(client)).to.equal(0);
    expect((await client.send(new GetItemCommand({ TableName, Key }))).Item).to.deep.equal(Key);
    expect(await untilInIndex(client, 1)).to.be.greaterThan(50);
    await client.send(new DeleteItemCommand({ TableName, Key }));
    expect(await inIndex(client)).to.equal(1);
    await untilInIndex(client, 0);
  });

  it("follow batches too", async () => {
    const client = dynamodb.clientOf(await dynamodb.start({ staleIndexMs: 20 }));
    const RequestItems = { [TableName]: [{ PutRequest: { Item: Key } }] };
    await client.send(new BatchWriteItemCommand({ RequestItems }));
    await untilInIndex(client, 1);
  });

  it("do not lag unless that is asked for", async () => {
    const client = await dynamodb.client();
    await client.send(new PutItemCommand({ TableName, Item: Key }));
    expect(await inIndex(client)).to.equal(1);
  });
});
