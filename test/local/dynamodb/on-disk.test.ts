import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { type DynamoDbOptions, startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import type { Table } from "#local/stack.ts";
import { counters, EmbeddedDynamoDb, member, memberships, refusal, tables } from "./embedded-dynamodb.ts";

describe("embedded DynamoDB on disk", () => {
  const dynamodb = new EmbeddedDynamoDb();

  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "dynamodb-"));
  });

  afterEach(() => rm(dataDir, { recursive: true }));

  const get = new GetItemCommand({ TableName: memberships.name, Key: member("a") });

  async function stopAfterPut(): Promise<void> {
    const db = await startDynamoDb({ port: 0, tables, credentials: new Credentials(), dataDir });
    await dynamodb.clientOf(db).send(new PutItemCommand({ TableName: memberships.name, Item: member("a") }));
    await db.close();
  }

  async function whileOpen(
    options: Partial<DynamoDbOptions>,
    use: (client: DynamoDBClient) => Promise<void>,
  ): Promise<void> {
    const db = await startDynamoDb({ port: 0, tables, credentials: new Credentials(), dataDir, ...options });
    try {
      await use(dynamodb.clientOf(db));
    } finally {
      await db.close();
    }
  }

  it("keeps the data between starts", async () => {
    await stopAfterPut();
    await whileOpen({}, async (client) => {
      expect((await client.send(get)).Item).to.deep.equal(member("a"));
    });
  });

  it("creates a table that came later", async () => {
    await whileOpen({ tables: [memberships] }, async () => undefined);
    await whileOpen({}, async (client) => {
      expect((await client.send(new ListTablesCommand({}))).TableNames).to.include(counters.name);
    });
  });

  it("refuses tables whose keys differ from the Terraform, naming each difference", async () => {
    await stopAfterPut();
    const changed: Table[] = [
      { ...memberships, key: { hash: "conversation" }, globalIndexes: [] },
      { ...counters, attributes: { id: "S" } },
    ];
    const error = await refusal(startDynamoDb({ port: 0, tables: changed, credentials: new Credentials(), dataDir }));
    expect(error.message.split("\n")).to.deep.equal([
      "The tables that are there differ from the Terraform file.",
      "  - aws_dynamodb_table.memberships (chat-dev-memberships): the key is conversation (S, HASH) + connectionId (S, RANGE) there and conversation (S, HASH) in the Terraform",
      "  - aws_dynamodb_table.memberships (chat-dev-memberships): the index connectionId-index is connectionId (S, HASH) + conversation (S, RANGE) there and missing in the Terraform",
      "  - aws_dynamodb_table.counters (chat-dev-counters): the key is id (N, HASH) there and id (S, HASH) in the Terraform",
      `The data is in ${join(dataDir, "leveldb")}: delete that directory to start empty, or undo the change.`,
    ]);
    await whileOpen({}, async (client) => {
      expect((await client.send(get)).Item).to.deep.equal(member("a"));
    });
  });

  it("is one process's at a time", async () => {
    await dynamodb.start({ dataDir });
    const error = await refusal(startDynamoDb({ port: 0, tables, credentials: new Credentials(), dataDir }));
    expect(error.message).to.contain(`${dataDir} is in use by process ${process.pid}.`);
    await dynamodb.close();
  });

  it("says what is in the way of its files", async () => {
    const start = () => refusal(startDynamoDb({ port: 0, tables, credentials: new Credentials(), dataDir }));
    await writeFile(join(dataDir, "leveldb"), "");
    expect((await start()).message).to.include(`${join(dataDir, "leveldb")} cannot be made: it, or a part of its path`);
    await rm(join(dataDir, "leveldb"));
    await mkdir(join(dataDir, "in-use-by-process"));
    expect((await start()).message).to.match(/cannot be used: EISDIR.+ Choose another directory\.$/);
  });

  it("is free again when the process that had it is gone", async () => {
    await writeFile(join(dataDir, "in-use-by-process"), "999999999");
    await whileOpen({}, async () => undefined);
  });
});
