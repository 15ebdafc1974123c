import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import type { Role } from "#local/stack.ts";
import { allow, arn, counters, EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

describe("access to the embedded DynamoDB", () => {
  const dynamodb = new EmbeddedDynamoDb();

  it("is denied without a policy, in AWS's words", async () => {
    const client = await dynamodb.clientAllowed();
    const error = await refusal(client.send(new PutItemCommand({ TableName: memberships.name, Item: member("a") })));
    expect(error.name).to.equal("AccessDeniedException");
    expect(error.message).to.equal(
      "User: arn:aws:sts::123456789012:assumed-role/r/chat-dev-message is not authorized to perform: dynamodb:PutItem " +
        `on resource: ${memberships.arn} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  });

  it("is what a policy says, action by action", async () => {
    const client = await dynamodb.clientAllowed(allow("dynamodb:PutItem", memberships.arn));
    await client.send(new PutItemCommand({ TableName: memberships.name, Item: member("a") }));
    const error = await refusal(client.send(new GetItemCommand({ TableName: memberships.name, Key: member("a") })));
    expect(error.name).to.equal("AccessDeniedException");
  });

  it("to an index is apart from access to its table", async () => {
    const client = await dynamodb.clientAllowed(allow("dynamodb:Query", memberships.arn));
    const query = {
      TableName: memberships.name,
      KeyConditionExpression: "connectionId = :c",
      ExpressionAttributeValues: { ":c": { S: "a" } },
    };
    const error = await refusal(client.send(new QueryCommand({ ...query, IndexName: "connectionId-index" })));
    expect(error.message).to.contain(`on resource: ${memberships.arn}/index/connectionId-index because`);
  });

  it("is checked for every table of a batch", async () => {
    const client = await dynamodb.clientAllowed(allow("dynamodb:BatchWriteItem", memberships.arn));
    const write = { [memberships.name]: [{ PutRequest: { Item: member("a") } }] };
    await client.send(new BatchWriteItemCommand({ RequestItems: write }));
    const both = { ...write, [counters.name]: [{ PutRequest: { Item: { id: { N: "1" } } } }] };
    const error = await refusal(client.send(new BatchWriteItemCommand({ RequestItems: both })));
    expect(error.message).to.contain(`dynamodb:BatchWriteItem on resource: ${counters.arn} because`);
  });

  it("can depend on the partition key", async () => {
    const client = await dynamodb.clientAllowed({
      ...allow("dynamodb:Query", memberships.arn),
      conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["room:*"] } },
    });
    const query = (conversation: string): QueryCommand =>
      new QueryCommand({
        TableName: memberships.name,
        KeyConditionExpression: "#c = :c AND begins_with(connectionId, :x)",
        ExpressionAttributeNames: { "#c": "conversation" },
        ExpressionAttributeValues: { ":c": { S: conversation }, ":x": { S: "x" } },
      });
    await client.send(query("room:general"));
    expect((await refusal(client.send(query("direct:a#b")))).name).to.equal("AccessDeniedException");
  });

  it("to a table that is not there is denied before it is not found", async () => {
    const denied = await dynamodb.clientAllowed();
    const get = new GetItemCommand({ TableName: "other", Key: { id: { S: "1" } } });
    expect((await refusal(denied.send(get))).message).to.contain(`on resource: ${arn("other")} because`);
    const allowed = await dynamodb.clientAllowed(allow("dynamodb:*", "*"));
    expect((await refusal(allowed.send(get))).name).to.equal("ResourceNotFoundException");
  });

  it("is refused when the signature is wrong, whoever it names", async () => {
    const credentials = new Credentials();
    const statements = [allow("dynamodb:*", "*")];
    const role: Role = { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [{ name: "p", statements }] };
    const db = await dynamodb.start({ credentials });
    const keys = credentials.issue({ role, functionName: "chat-dev-message" });
    const scan = new ScanCommand({ TableName: memberships.name });
    await dynamodb.clientOf(db, keys).send(scan);
    const error = await refusal(dynamodb.clientOf(db, { ...keys, secretAccessKey: "another" }).send(scan));
    expect(error.name).to.equal("InvalidSignatureException");
  });

  it("is free for keys that no function has", async () => {
    const client = await dynamodb.client();
    expect((await client.send(new ScanCommand({ TableName: memberships.name }))).Count).to.equal(0);
  });
});
