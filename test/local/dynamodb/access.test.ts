import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import type { Role, Statement } from "#local/stack.ts";
import { signHeaders } from "../support/sign-request.ts";
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

  describe("without a signature", () => {
    const send = async (url: string, action: string, input: unknown): Promise<{ status: number; answer: unknown }> => {
      const target = { "x-amz-target": `DynamoDB_20120810.${action}`, "content-type": "application/x-amz-json-1.0" };
      const response = await fetch(url, { method: "POST", headers: target, body: JSON.stringify(input) });
      return { status: response.status, answer: await response.json() };
    };
    const put = { TableName: memberships.name, Item: member("a") };
    const key = { TableName: memberships.name, Key: member("a") };
    const resource = { ResourceArn: memberships.arn };
    const requests: readonly (readonly [string, object])[] = [
      ["PutItem", put],
      ["GetItem", key],
      ["Scan", { TableName: memberships.name }],
      ["TransactWriteItems", { TransactItems: [{ Put: put }] }],
      ["TransactGetItems", { TransactItems: [{ Get: key }] }],
      ["BatchGetItem", { RequestItems: { [memberships.name]: { Keys: [member("a")] } } }],
      ["ListTables", {}],
      ["DescribeTable", { TableName: memberships.name }],
      ["DescribeTimeToLive", { TableName: memberships.name }],
      ["UpdateTimeToLive", { TableName: memberships.name, TimeToLiveSpecification: { Enabled: false } }],
      ["UpdateContinuousBackups", { TableName: memberships.name, PointInTimeRecoverySpecification: {} }],
      ["UpdateTable", { TableName: memberships.name, DeletionProtectionEnabled: true }],
      ["TagResource", { ...resource, Tags: [{ Key: "k", Value: "v" }] }],
      ["ListTagsOfResource", resource],
      ["DeleteTable", { TableName: memberships.name }],
      ["ExecuteStatement", { Statement: "SELECT * FROM t" }],
    ];

    it("is refused, whatever is asked", async () => {
      const { url } = await dynamodb.start();
      for (const [action, input] of requests) {
        expect(await send(url, action, input), action).to.deep.equal({
          status: 400,
          answer: {
            __type: "com.amazon.coral.service#MissingAuthenticationTokenException",
            message: "Request is missing Authentication Token",
          },
        });
      }
    });

    it("is refused in front of another DynamoDB too", async () => {
      const other = await dynamodb.start({ tables: [] });
      const { url } = await dynamodb.start({ dynamodbEndpoint: other.url });
      const { answer } = await send(url, "PutItem", put);
      expect(answer).to.have.property("__type", "com.amazon.coral.service#MissingAuthenticationTokenException");
      expect((await dynamodb.clientOf(other).send(new ScanCommand({ TableName: memberships.name }))).Count).to.equal(0);
    });

    it("is free when IAM is off", async () => {
      const { url } = await dynamodb.start({ credentials: new Credentials({ enforced: false }) });
      expect(await send(url, "PutItem", put)).to.deep.equal({ status: 200, answer: {} });
      expect((await send(url, "TransactGetItems", { TransactItems: [{ Get: key }] })).answer).to.deep.equal({
        Responses: [{ Item: member("a") }],
      });
    });
  });

  /** Members that an action does not look at, and so must not be asked for in its place. */
  describe("is not opened by what an action ignores:", () => {
    const role = (...statements: Statement[]): Role => ({
      arn: "arn:aws:iam::123456789012:role/r",
      name: "r",
      policies: [{ name: "p", statements }],
    });
    const sendAs = async (statement: Statement, action: string, input: object): Promise<string> => {
      const credentials = new Credentials();
      const { url } = await dynamodb.start({ credentials });
      const body = JSON.stringify(input);
      const keys = credentials.issue({ role: role(statement), functionName: "chat-dev-message" });
      const response = await fetch(url, {
        method: "POST",
        headers: {
          ...signHeaders(keys, { method: "POST", url, service: "dynamodb", body }),
          "x-amz-target": `DynamoDB_20120810.${action}`,
          "content-type": "application/x-amz-json-1.0",
        },
        body,
      });
      return await response.text();
    };
    const get = { TableName: counters.name, Key: { id: { N: "1" } } };

    it("the ARN of another table", async () => {
      const lure = { ResourceArn: memberships.arn };
      for (const [action, input] of [
        ["GetItem", get],
        ["DescribeTimeToLive", { TableName: counters.name }],
      ] as const) {
        const answer = await sendAs(allow(`dynamodb:${action}`, memberships.arn), action, { ...input, ...lure });
        expect(answer, action).to.contain("AccessDeniedException").and.contain(counters.arn);
      }
      const items = { TransactItems: [{ Get: { ...get, ...lure } }] };
      const answer = await sendAs(allow("dynamodb:GetItem", memberships.arn), "TransactGetItems", items);
      expect(answer).to.contain("AccessDeniedException").and.contain(counters.arn);
    });

    it("the name of another table, where an ARN says which", async () => {
      const tags = { TableName: memberships.name, ResourceArn: counters.arn };
      const answer = await sendAs(allow("dynamodb:ListTagsOfResource", memberships.arn), "ListTagsOfResource", tags);
      expect(answer).to.contain("AccessDeniedException").and.contain(counters.arn);
      const beyond = { ResourceArn: `${memberships.arn}/${counters.name}` };
      const within = allow("dynamodb:ListTagsOfResource", `${memberships.arn}*`);
      expect(await sendAs(within, "ListTagsOfResource", beyond)).to.contain("ValidationException");
    });

    it("an index, and another item's key", async () => {
      const own = {
        ...allow("dynamodb:*", `${memberships.arn}*`),
        conditions: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["room:*"] } },
      };
      const foreign = { conversation: { S: "direct:a#b" }, connectionId: { S: "a" } };
      const TableName = memberships.name;
      const read = await sendAs(own, "GetItem", { TableName, Key: foreign, IndexName: "connectionId-index" });
      expect(read).to.contain("AccessDeniedException");
      const write = await sendAs(own, "PutItem", { TableName, Item: foreign, Key: member("a") });
      expect(write).to.contain("AccessDeniedException");
    });

    it("a body that only another DynamoDB understands", async () => {
      const other = await dynamodb.start({ tables: [] });
      const credentials = new Credentials();
      const { url } = await dynamodb.start({ credentials, dynamodbEndpoint: other.url });
      const headers = { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" };
      const response = await fetch(url, { method: "POST", headers, body: "[]" });
      expect(await response.json()).to.deep.equal({ __type: "com.amazon.coral.service#SerializationException" });
    });
  });

  it("is free for keys that no function has", async () => {
    const client = await dynamodb.client();
    expect((await client.send(new ScanCommand({ TableName: memberships.name }))).Count).to.equal(0);
  });
});
