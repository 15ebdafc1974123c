import { type DynamoDBClient, PutItemCommand, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { counters, EmbeddedDynamoDb, memberships, refusal } from "./embedded-dynamodb.ts";

describe("an expression", () => {
  const dynamodb = new EmbeddedDynamoDb();
  const values = { ":a": { N: "1" } };
  const put = (client: DynamoDBClient, condition: string): Promise<unknown> =>
    client.send(
      new PutItemCommand({
        TableName: counters.name,
        Item: { id: { N: "1" } },
        ConditionExpression: condition,
        ExpressionAttributeValues: values,
      }),
    );
  const nested = (depth: number, open: string): string => `${open.repeat(depth)}yy = :a${")".repeat(depth)}`;

  it("as deep as 300 operators allow is answered, and at once", async function () {
    // Twelve would take minutes where every alternative is parsed anew.
    this.timeout(5_000);
    const client = await dynamodb.client();
    await put(client, nested(201, "NOT ("));
    const error = await refusal(put(client, nested(200, "NOT (")));
    expect(error.name).to.equal("ConditionalCheckFailedException");
    await put(client, `${"(yy = :a OR ".repeat(140)}NOT yy = :a${")".repeat(140)}`);
  });

  it("with more than 300 operators and functions is refused", async () => {
    const client = await dynamodb.client();
    const error = await refusal(put(client, nested(300, "NOT (")));
    expect(error).to.include({
      name: "ValidationException",
      message: "Invalid ConditionExpression: The expression contains too many operators; operator count: 301",
    });
    await put(client, nested(297, "NOT (").replace("yy", "size(yy)"));
  });

  it("counts the AND of a BETWEEN with it, and no SET", async () => {
    const client = await dynamodb.client();
    const between = Array.from({ length: 150 }, () => "NOT a BETWEEN :a AND :a");
    expect((await refusal(put(client, between.join(" OR ")))).message).to.include("operator count: 449");
    const sets = Array.from({ length: 301 }, (_, at) => `a${at}=:a`);
    await client.send(
      new UpdateItemCommand({
        TableName: counters.name,
        Key: { id: { N: "1" } },
        UpdateExpression: `SET ${sets.join()}`,
        ExpressionAttributeValues: values,
      }),
    );
  });

  it("of more than 4 KB is refused, whichever it is", async () => {
    const client = await dynamodb.client();
    const query = (KeyConditionExpression: string): Promise<unknown> =>
      client.send(
        new QueryCommand({
          TableName: memberships.name,
          KeyConditionExpression,
          ExpressionAttributeValues: { ":room": { S: "room:general" } },
        }),
      );
    const condition = "conversation = :room";
    await query(condition.padEnd(4096));
    expect(await refusal(query(condition.padEnd(4097)))).to.include({
      name: "ValidationException",
      message:
        "Invalid KeyConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097",
    });
  });

  it("of nothing but parentheses is refused", async () => {
    const client = await dynamodb.client();
    for (const condition of ["(".repeat(4096), nested(1000, "("), nested(2, "(")]) {
      expect((await refusal(put(client, condition))).name).to.equal("ValidationException");
    }
    expect((await refusal(put(client, nested(1000, "(")))).message).to.include("redundant parentheses");
  });
});
