import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { arn, counters, EmbeddedDynamoDb, memberships, refusal } from "./embedded-dynamodb.ts";

const own = {
  TableName: "of-a-program",
  BillingMode: "PAY_PER_REQUEST",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
} as const;
const createOwn = (more: object = {}): CreateTableCommand =>
  new CreateTableCommand({
    ...own,
    KeySchema: [...own.KeySchema],
    AttributeDefinitions: [...own.AttributeDefinitions],
    ...more,
  });

async function tagsOf(client: DynamoDBClient, name: string): Promise<Record<string, string | undefined>> {
  const { Tags = [] } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: arn(name) }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

describe("settings of a table", () => {
  const dynamodb = new EmbeddedDynamoDb();

  it("TTL can be switched off and on again, and sweeps keep to it", async () => {
    const db = await dynamodb.start();
    const client = dynamodb.clientOf(db);
    const update = (Enabled: boolean, AttributeName: string) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: counters.name,
          TimeToLiveSpecification: { Enabled, AttributeName },
        }),
      );
    await client.send(
      new PutItemCommand({ TableName: counters.name, Item: { id: { N: "1" }, until: { N: "1999999999" } } }),
    );
    expect(await db.sweep(2_000_000_000)).to.equal(0);
    await update(true, "until");
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: counters.name }));
    expect(TimeToLiveDescription).to.deep.equal({ TimeToLiveStatus: "ENABLED", AttributeName: "until" });
    expect((await refusal(update(true, "until"))).message).to.equal("TimeToLive is already enabled");
    expect((await refusal(update(false, "other"))).message).to.contain("current AttributeName is until");
    expect(await db.sweep(2_000_000_000)).to.equal(1);
    await update(false, "until");
    expect((await refusal(update(false, "until"))).message).to.equal("TimeToLive is already disabled");
  });

  it("a table that is not there is said to be missing", async () => {
    const client = await dynamodb.client();
    const error = await refusal(client.send(new DescribeTimeToLiveCommand({ TableName: "nowhere" })));
    expect(error.name).to.equal("ResourceNotFoundException");
  });

  it("tags are those of the Terraform until they are changed", async () => {
    const db = await dynamodb.start({ tables: [{ ...memberships, tags: { app: "chat", stage: "dev" } }] });
    const client = dynamodb.clientOf(db);
    const ResourceArn = memberships.arn;
    expect(await tagsOf(client, memberships.name)).to.deep.equal({ app: "chat", stage: "dev" });
    await client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: "stage", Value: "x" },
          { Key: "n", Value: "1" },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["app"] }));
    expect(await tagsOf(client, memberships.name)).to.deep.equal({ stage: "x", n: "1" });
  });

  it("a program's table can be created with tags and with deletion protection", async () => {
    const client = await dynamodb.client();
    const { TableDescription } = await client.send(
      createOwn({ Tags: [{ Key: "a", Value: "b" }], DeletionProtectionEnabled: true }),
    );
    expect(TableDescription?.DeletionProtectionEnabled).to.equal(true);
    expect(await tagsOf(client, own.TableName)).to.deep.equal({ a: "b" });
  });

  it("a protected table is deleted only after the protection", async () => {
    const db = await dynamodb.start({ tables: [{ ...memberships, deletionProtection: true }] });
    const client = dynamodb.clientOf(db);
    const { name: TableName } = memberships;
    const protection = async () =>
      (await client.send(new DescribeTableCommand({ TableName }))).Table?.DeletionProtectionEnabled;
    expect(await protection()).to.equal(true);
    const error = await refusal(client.send(new DeleteTableCommand({ TableName })));
    expect(error.name).to.equal("ValidationException");
    expect(error.message).to.contain("protected against deletion");
    await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    expect(await protection()).to.equal(false);
    await client.send(new DeleteTableCommand({ TableName }));
  });

  it("point in time recovery is that of the Terraform until it is changed", async () => {
    const client = await dynamodb.client();
    const { name: TableName } = memberships;
    const status = async () =>
      (await client.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription
        ?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    expect(await status()).to.equal("DISABLED");
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    expect(await status()).to.equal("ENABLED");
  });

  it("tables are listed in pages, with those that programs create and without those they delete", async () => {
    const client = await dynamodb.client();
    const list = async (input: object = {}) => await client.send(new ListTablesCommand(input));
    expect((await list()).TableNames).to.deep.equal([counters.name, memberships.name]);
    await client.send(createOwn());
    const first = await list({ Limit: 2 });
    expect(first).to.deep.include({
      TableNames: [counters.name, memberships.name],
      LastEvaluatedTableName: memberships.name,
    });
    const rest = await list({ ExclusiveStartTableName: first.LastEvaluatedTableName });
    expect(rest.TableNames).to.deep.equal([own.TableName]);
    await client.send(new DeleteTableCommand({ TableName: counters.name }));
    expect((await list()).TableNames).to.deep.equal([memberships.name, own.TableName]);
  });
});
