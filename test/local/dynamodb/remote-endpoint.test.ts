import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import type { Role } from "#local/stack.ts";
import { allow, counters, EmbeddedDynamoDb, memberships, refusal, tables } from "./embedded-dynamodb.ts";

const get = new GetItemCommand({ TableName: counters.name, Key: { id: { N: "1" } } });

describe("another DynamoDB instead of the embedded one", () => {
  const dynamodb = new EmbeddedDynamoDb();
  const keys = { accessKeyId: "AKIDOTHER", secretAccessKey: "other" };

  it("gets the tables and everything that is asked for", async () => {
    const other = await dynamodb.start({ tables: [] });
    const db = await dynamodb.start({ dynamodbEndpoint: other.url });
    await dynamodb
      .clientOf(db)
      .send(new PutItemCommand({ TableName: counters.name, Item: { id: { N: "1" }, n: { N: "7" } } }));
    const { Item } = await dynamodb.clientOf(other).send(get);
    expect(Item?.n).to.deep.equal({ N: "7" });
    const { TableNames } = await dynamodb.clientOf(db).send(new ListTablesCommand({}));
    expect(TableNames).to.deep.equal([counters.name, memberships.name]);
  });

  it("is asked only for what the function's role allows", async () => {
    const other = await dynamodb.start({ tables });
    const credentials = new Credentials();
    const db = await dynamodb.start({ dynamodbEndpoint: other.url, credentials });
    const statements = [allow("dynamodb:PutItem", "*")];
    const role: Role = { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [{ name: "p", statements }] };
    const client = dynamodb.clientOf(db, credentials.issue({ role, functionName: "chat-dev-message" }));
    expect((await refusal(client.send(get))).message).to.contain("not authorized to perform: dynamodb:GetItem");
  });

  it("is asked with this machine's keys, and a signature that is right", async () => {
    // A DynamoDB that knows the keys, and so verifies what they sign.
    const credentials = new Credentials();
    const statements = [allow("dynamodb:*", "*")];
    const role: Role = { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [{ name: "p", statements }] };
    const ownKeys = credentials.issue({ role, functionName: "other" });
    const other = await dynamodb.start({ credentials });
    const db = await dynamodb.start({ dynamodbEndpoint: other.url, ownKeys });
    expect((await dynamodb.clientOf(db).send(get)).Item).to.equal(undefined);
    const wrong = { ...ownKeys, secretAccessKey: "wrong" };
    const error = await refusal(dynamodb.start({ dynamodbEndpoint: other.url, ownKeys: wrong }));
    expect(error.message).to.contain("InvalidSignatureException");
  });

  it("is named when it cannot be reached", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const dynamodbEndpoint = `http://127.0.0.1:${port}`;
    const start = startDynamoDb({ port: 0, tables, credentials: new Credentials(), dynamodbEndpoint, ownKeys: keys });
    expect((await refusal(start)).message).to.match(
      new RegExp(`^The DynamoDB endpoint ${dynamodbEndpoint} cannot be reached: .*ECONNREFUSED`),
    );
  });
});
