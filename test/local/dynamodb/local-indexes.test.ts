import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { Chaos } from "#local/chaos/chaos.ts";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import type { Table } from "#local/stack.ts";
import { arn, EmbeddedDynamoDb, refusal } from "./embedded-dynamodb.ts";

const posts: Table = {
  address: "aws_dynamodb_table.posts",
  name: "posts",
  arn: arn("posts"),
  key: { hash: "room", range: "id" },
  attributes: { room: "S", id: "S", likes: "N", by: "S" },
  globalIndexes: [],
  localIndexes: [
    { name: "by-likes", key: { hash: "room", range: "likes" }, projection: "ALL" },
    { name: "by-author", key: { hash: "room", range: "by" }, projection: "KEYS_ONLY" },
  ],
  billingMode: "PAY_PER_REQUEST",
};
const { name: TableName } = posts;
const tables = [posts];

type Item = Record<string, AttributeValue>;
const Key = (id: string): Item => ({ room: { S: "general" }, id: { S: id } });
const post = (id: string, likes: number, by: string): Item => ({
  ...Key(id),
  likes: { N: `${likes}` },
  by: { S: by },
  text: { S: `text of ${id}` },
});

describe("a local index", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  beforeEach(async () => {
    client = dynamodb.clientOf(await dynamodb.start({ tables }));
    for (const Item of [post("a", 10, "Eve"), post("b", 9, "Ada"), post("c", 100, "Ada")])
      await client.send(new PutItemCommand({ TableName, Item }));
  });

  const inRoom = {
    TableName,
    KeyConditionExpression: "room = :r",
    ExpressionAttributeValues: { ":r": { S: "general" } },
  };
  const query = async (IndexName: string, more: Partial<QueryCommandInput> = {}): Promise<Item[]> =>
    (await client.send(new QueryCommand({ ...inRoom, IndexName, ...more }))).Items ?? [];
  const ids = (items: readonly Item[]): unknown[] => items.map(({ id }) => id?.S);

  it("is in the order of its sort key, and read consistently on demand", async () => {
    expect(ids(await query("by-likes"))).to.deep.equal(["b", "a", "c"]);
    expect(ids(await query("by-likes", { ConsistentRead: true, ScanIndexForward: false }))).to.deep.equal([
      "c",
      "a",
      "b",
    ]);
  });

  it("has what it projects, and all attributes on demand", async () => {
    expect((await query("by-author"))[2]).to.deep.equal({ ...Key("a"), by: { S: "Eve" } });
    expect((await query("by-author", { Select: "ALL_ATTRIBUTES" }))[2]).to.deep.equal(post("a", 10, "Eve"));
  });

  it("follows puts, deletions and transactions", async () => {
    await client.send(new DeleteItemCommand({ TableName, Key: Key("a") }));
    await client.send(new PutItemCommand({ TableName, Item: post("b", 500, "Ada") }));
    const Update = {
      TableName,
      Key: Key("c"),
      UpdateExpression: "SET likes = :n",
      ExpressionAttributeValues: { ":n": { N: "7" } },
    };
    const Put = { TableName, Item: post("d", 50, "Bob") };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update }, { Put }] }));
    expect(ids(await query("by-likes"))).to.deep.equal(["c", "d", "b"]);
  });

  it("lags when --chaos says so, but not where it is read consistently", async () => {
    const chaos = new Chaos({ faults: [{ kind: "stale-index", share: 1, ms: 60_000 }] });
    client = dynamodb.clientOf(await dynamodb.start({ tables, chaos }));
    await client.send(new PutItemCommand({ TableName, Item: post("a", 1, "Eve") }));
    expect(await query("by-likes")).to.deep.equal([]);
    expect(ids(await query("by-likes", { ConsistentRead: true }))).to.deep.equal(["a"]);
  });

  it("on disk must be that of the Terraform", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "dynamodb-"));
    const start = (table: Table) =>
      startDynamoDb({ port: 0, tables: [table], credentials: new Credentials(), dataDir });
    try {
      await (await start(posts)).close();
      await (await start(posts)).close();
      const [byLikes] = posts.localIndexes ?? [];
      const error = await refusal(start({ ...posts, localIndexes: byLikes ? [byLikes] : [] }));
      expect(error.message).to.contain(
        "the local index by-author is room (S, HASH) + by (S, RANGE) there and missing in the Terraform",
      );
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});
