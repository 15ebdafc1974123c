import {
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { allow, counters, EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

describe("what dynalite lacks", () => {
  const dynamodb = new EmbeddedDynamoDb();

  it("a failed condition's item is in the error when asked for", async () => {
    const client = await dynamodb.client();
    await client.send(new PutItemCommand({ TableName: memberships.name, Item: member("a", { name: { S: "first" } }) }));
    const put = {
      TableName: memberships.name,
      Item: member("a", { name: { S: "second" } }),
      ConditionExpression: "attribute_not_exists(connectionId)",
    };
    const plain = await refusal(client.send(new PutItemCommand(put)));
    expect(plain).to.deep.include({ name: "ConditionalCheckFailedException", Item: undefined });
    const error = await refusal(
      client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" })),
    );
    expect(error).to.have.property("name", "ConditionalCheckFailedException");
    expect(error).to.deep.include({ Item: member("a", { name: { S: "first" } }) });
  });

  it("TTL is described as the Terraform has it", async () => {
    const client = await dynamodb.client();
    const describeTtl = async (TableName: string) =>
      (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    expect(await describeTtl(memberships.name)).to.deep.equal({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
    expect(await describeTtl(counters.name)).to.deep.equal({ TimeToLiveStatus: "DISABLED" });
  });

  it("expired items go at a sweep, others stay", async () => {
    const db = await dynamodb.start();
    const client = dynamodb.clientOf(db);
    const now = 2_000_000_000;
    const ttls = {
      past: { N: `${now - 1}` },
      now: { N: `${now}` },
      future: { N: `${now + 1}` },
      text: { S: "1" },
      ancient: { N: "5" },
    };
    for (const [id, ttl] of Object.entries(ttls)) {
      await client.send(new PutItemCommand({ TableName: memberships.name, Item: member(id, { ttl }) }));
    }
    await client.send(new PutItemCommand({ TableName: memberships.name, Item: member("none") }));
    expect(await db.sweep(now)).to.equal(2);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: memberships.name }));
    expect(Items.map(({ connectionId }) => connectionId?.S)).to.have.members(["future", "text", "ancient", "none"]);
  });

  it("PartiQL is refused by name, after the permissions", async () => {
    const select = new ExecuteStatementCommand({ Statement: `SELECT * FROM "${counters.name}"` });
    const denied = await dynamodb.clientAllowed(allow("dynamodb:GetItem", "*"));
    expect((await refusal(denied.send(select))).message).to.contain("not authorized to perform: dynamodb:");
    const allowed = await dynamodb.clientAllowed(allow("dynamodb:*", "*"));
    expect((await refusal(allowed.send(select))).message).to.match(
      /^ExecuteStatement is not served by the embedded DynamoDB\./,
    );
  });
});
