import { once } from "node:events";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import {
  DescribeTableCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import { counters, EmbeddedDynamoDb, member, memberships, refusal, tables } from "./embedded-dynamodb.ts";

/** Headers of a ListTables request. */
const signed = {
  authorization: "AWS4-HMAC-SHA256 Credential=x/20260101/r/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20260101T000000Z",
  "x-amz-target": "DynamoDB_20120810.ListTables",
};

describe("embedded DynamoDB", () => {
  const dynamodb = new EmbeddedDynamoDb();

  it("are those of the stack, with their ARNs and indexes", async () => {
    const client = await dynamodb.client();
    const { TableNames } = await client.send(new ListTablesCommand({}));
    expect(TableNames).to.deep.equal(["chat-dev-counters", "chat-dev-memberships"]);
    const { Table: described } = await client.send(new DescribeTableCommand({ TableName: memberships.name }));
    expect(described).to.include({ TableArn: memberships.arn, TableStatus: "ACTIVE" });
    expect(described?.GlobalSecondaryIndexes?.[0]).to.deep.include({
      IndexName: "connectionId-index",
      Projection: { ProjectionType: "KEYS_ONLY" },
    });
  });

  it("are queried by key and by index", async () => {
    const client = await dynamodb.client();
    for (const id of ["b", "a"]) {
      await client.send(new PutItemCommand({ TableName: memberships.name, Item: member(id) }));
    }
    const byKey = await client.send(
      new QueryCommand({
        TableName: memberships.name,
        KeyConditionExpression: "conversation = :c",
        ExpressionAttributeValues: { ":c": { S: "room:general" } },
      }),
    );
    expect(byKey.Items?.map(({ connectionId }) => connectionId?.S)).to.deep.equal(["a", "b"]);
    const byIndex = await client.send(
      new QueryCommand({
        TableName: memberships.name,
        IndexName: "connectionId-index",
        KeyConditionExpression: "connectionId = :c",
        ExpressionAttributeValues: { ":c": { S: "b" } },
      }),
    );
    expect(byIndex.Items).to.deep.equal([member("b")]);
  });

  it("leave the environment as it was", async () => {
    const before = { ...process.env };
    await dynamodb.start();
    expect(process.env).to.deep.equal(before);
  });

  it("keeps counting right under concurrent updates", async () => {
    const client = await dynamodb.client();
    const add = () =>
      client.send(
        new UpdateItemCommand({
          TableName: counters.name,
          Key: { id: { N: "1" } },
          UpdateExpression: "ADD seq :one",
          ExpressionAttributeValues: { ":one": { N: "1" } },
          ReturnValues: "UPDATED_NEW",
        }),
      );
    const results = await Promise.all(Array.from({ length: 40 }, add));
    const seqs = results.map(({ Attributes }) => Number(Attributes?.seq?.N)).sort((one, other) => one - other);
    expect(seqs).to.deep.equal(Array.from({ length: 40 }, (_, at) => at + 1));
  });

  it("answers requests that are under way before it closes", async () => {
    const db = await startDynamoDb({ port: 0, tables, credentials: new Credentials({ enforced: false }) });
    const outgoing = request(db.url, { method: "POST", headers: { ...signed, expect: "100-continue" } });
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    const closed = db.close();
    outgoing.end("{}");
    const [response] = await once(outgoing, "response");
    expect(await json(response)).to.deep.equal({ TableNames: tables.map(({ name }) => name).sort() });
    await closed;
    const late = await refusal(fetch(db.url));
    expect(late.cause).to.have.property("code", "ECONNREFUSED");
  });

  it("answers what is no DynamoDB request as AWS does", async () => {
    const { url } = await dynamodb.start();
    const health = await fetch(url);
    expect(await health.text()).to.match(/^healthy: dynamodb/);
    const broken = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0" },
      body: "{",
    });
    expect(broken.status).to.equal(400);
    expect(await broken.json()).to.deep.equal({ __type: "com.amazon.coral.service#SerializationException" });
  });

  it("answers 413 to more than 16 MB, announced or not, and goes on", async () => {
    const { url } = await dynamodb.start();
    const piece = Buffer.alloc(1024 * 1024, " ");
    const pieces = async function* (): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < 17; sent++) yield piece;
    };
    const announced = await fetch(url, { method: "POST", body: Buffer.alloc(17 * piece.length, " ") });
    expect(announced.status).to.equal(413);
    const streamed = await fetch(url, { method: "POST", body: pieces(), duplex: "half" } as unknown as RequestInit);
    expect(streamed.status).to.equal(413);
    expect(await (await fetch(url)).text()).to.match(/^healthy: dynamodb/);
  });

  it("says which port is taken", async () => {
    const { url } = await dynamodb.start();
    const error = await refusal(
      startDynamoDb({ port: Number(new URL(url).port), tables, credentials: new Credentials() }),
    );
    expect(error).to.have.property("code", "EADDRINUSE");
  });
});
