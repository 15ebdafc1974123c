import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import type { Table } from "#local/stack.ts";
import { arn, EmbeddedDynamoDb, refusal } from "./embedded-dynamodb.ts";

const posts: Table = {
  address: "aws_dynamodb_table.posts",
  name: "posts",
  arn: arn("posts"),
  key: { hash: "room", range: "id" },
  attributes: { room: "S", id: "S", g: "S", l: "S", b: "B" },
  globalIndexes: [
    { name: "byG", key: { hash: "g", range: "b" }, projection: "ALL" },
    { name: "byB", key: { hash: "b" }, projection: "ALL" },
    { name: "alsoByG", key: { hash: "g" }, projection: "KEYS_ONLY" },
  ],
  localIndexes: [{ name: "byL", key: { hash: "room", range: "l" }, projection: "ALL" }],
  billingMode: "PAY_PER_REQUEST",
};
const { name: TableName } = posts;

type Item = Record<string, AttributeValue>;
const Key = (id: string): Item => ({ room: { S: "general" }, id: { S: id } });
const empty = { S: "" };
const notValid = "One or more parameter values are not valid.";
const inItem = (index: string, key: string, kind = "string") =>
  `${notValid} A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index}, IndexKey: ${key}`;
const inUpdate = `${notValid} The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.`;

describe("an empty key of an index", () => {
  const dynamodb = new EmbeddedDynamoDb();
  let client: DynamoDBClient;

  beforeEach(async () => {
    client = dynamodb.clientOf(await dynamodb.start({ tables: [posts] }));
  });

  const all = async () => (await client.send(new ScanCommand({ TableName }))).Items;
  const put = (more: Item) => client.send(new PutItemCommand({ TableName, Item: { ...Key("1"), ...more } }));
  const set = (UpdateExpression: string, more: object = {}) => ({
    TableName,
    Key: Key("1"),
    UpdateExpression,
    ExpressionAttributeValues: { ":empty": empty },
    ...more,
  });
  const isRefused = async (call: Promise<unknown>, message: string) =>
    expect(await refusal(call)).to.include({ name: "ValidationException", message });

  it("refuses a PutItem, by the first index in the order of their names", async () => {
    await isRefused(put({ g: empty }), inItem("alsoByG", "g"));
    await isRefused(put({ l: empty }), inItem("byL", "l"));
    await isRefused(put({ b: { B: new Uint8Array() } }), inItem("byB", "b", "binary"));
    expect(await all()).to.deep.equal([]);
  });

  it("refuses a BatchWriteItem as a whole", async () => {
    const items = [Key("1"), { ...Key("2"), g: empty }];
    const RequestItems = { [TableName]: items.map((Item) => ({ PutRequest: { Item } })) };
    await isRefused(client.send(new BatchWriteItemCommand({ RequestItems })), inItem("alsoByG", "g"));
    expect(await all()).to.deep.equal([]);
  });

  it("refuses an UpdateItem before its condition is looked at", async () => {
    const update = set("SET g = :empty", { ConditionExpression: "attribute_exists(id)" });
    await isRefused(client.send(new UpdateItemCommand(update)), inUpdate);
    const AttributeUpdates = { g: { Value: empty } };
    const older = new UpdateItemCommand({ TableName, Key: Key("1"), AttributeUpdates });
    await isRefused(client.send(older), inItem("alsoByG", "g"));
    expect(await all()).to.deep.equal([]);
  });

  it("refuses an UpdateItem that takes it from elsewhere", async () => {
    await put({ note: empty });
    const copy = { TableName, Key: Key("1"), UpdateExpression: "SET g = note" };
    await isRefused(client.send(new UpdateItemCommand(copy)), inUpdate);
    await isRefused(client.send(new UpdateItemCommand(set("SET g = if_not_exists(g, :empty)"))), inUpdate);
    expect(await all()).to.deep.equal([{ ...Key("1"), note: empty }]);
  });

  it("refuses a transaction, without reasons", async () => {
    const other = { Put: { TableName, Item: Key("2") } };
    const transact = (TransactItems: object[]) => client.send(new TransactWriteItemsCommand({ TransactItems }));
    await isRefused(transact([other, { Put: { TableName, Item: { ...Key("1"), g: empty } } }]), inItem("alsoByG", "g"));
    await isRefused(transact([other, { Update: set("SET g = :empty") }]), inUpdate);
    expect(await all()).to.deep.equal([]);
  });

  it("cancels a transaction that takes it from elsewhere", async () => {
    await put({ note: empty });
    const Update = { TableName, Key: Key("1"), UpdateExpression: "SET g = note" };
    const error = await refusal(client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update }] })));
    expect(error).to.have.property("name", "TransactionCanceledException");
    expect(error).to.deep.include({ CancellationReasons: [{ Code: "ValidationError", Message: inUpdate }] });
  });

  it("is fine in an attribute that no index has as its key", async () => {
    await put({ note: empty, g: { S: "g" } });
    await client.send(new UpdateItemCommand(set("SET title = :empty REMOVE g")));
    expect(await all()).to.deep.equal([{ ...Key("1"), note: empty, title: empty }]);
  });
});
