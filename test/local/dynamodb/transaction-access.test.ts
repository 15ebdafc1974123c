import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import type { Statement } from "#local/stack.ts";
import { allow, counters, EmbeddedDynamoDb, member, memberships, refusal } from "./embedded-dynamodb.ts";

const { name: TableName } = counters;
const id = (n: number): Record<string, AttributeValue> => ({ id: { N: `${n}` } });
const actions = {
  PutItem: { Put: { TableName, Item: id(1) } },
  UpdateItem: {
    Update: {
      TableName,
      Key: id(2),
      UpdateExpression: "SET a = :a",
      ExpressionAttributeValues: { ":a": { N: "1" } },
    },
  },
  DeleteItem: { Delete: { TableName, Key: id(3) } },
  ConditionCheckItem: { ConditionCheck: { TableName, Key: id(4), ConditionExpression: "attribute_not_exists(id)" } },
} satisfies Record<string, TransactWriteItem>;
const kinds = Object.keys(actions) as (keyof typeof actions)[];

describe("access of a transaction", () => {
  const dynamodb = new EmbeddedDynamoDb();

  const write = (client: DynamoDBClient, ...TransactItems: TransactWriteItem[]): Promise<unknown> =>
    client.send(new TransactWriteItemsCommand({ TransactItems }));
  const read = (client: DynamoDBClient, name: string, Key: Record<string, AttributeValue>): Promise<unknown> =>
    client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: name, Key } }] }));

  it("is that of the actions in it", async () => {
    const client = await dynamodb.clientAllowed(...kinds.map((kind) => allow(`dynamodb:${kind}`, counters.arn)));
    await write(client, ...Object.values(actions));
  });

  for (const missing of kinds) {
    it(`is denied without ${missing}, by that name, and writes nothing`, async () => {
      const others = kinds.filter((kind) => kind !== missing);
      const client = await dynamodb.clientAllowed(
        ...[...others, "GetItem"].map((kind) => allow(`dynamodb:${kind}`, counters.arn)),
      );
      const error = await refusal(write(client, ...Object.values(actions)));
      expect(error.name).to.equal("AccessDeniedException");
      expect(error.message).to.contain(
        `is not authorized to perform: dynamodb:${missing} on resource: ${counters.arn}`,
      );
      expect((await client.send(new GetItemCommand({ TableName, Key: id(1) }))).Item).to.equal(undefined);
    });
  }

  it("to read is GetItem of each item", async () => {
    const client = await dynamodb.clientAllowed(allow("dynamodb:GetItem", counters.arn));
    await read(client, TableName, id(1));
    const error = await refusal(read(client, memberships.name, member("a")));
    expect(error.message).to.contain(`perform: dynamodb:GetItem on resource: ${memberships.arn}`);
  });

  it("can depend on the partition key of each item", async () => {
    const conditions = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["room:*"] } };
    const client = await dynamodb.clientAllowed({ ...allow("dynamodb:PutItem", memberships.arn), conditions });
    const put = (conversation: string): TransactWriteItem => ({
      Put: { TableName: memberships.name, Item: { conversation: { S: conversation }, connectionId: { S: "a" } } },
    });
    await write(client, put("room:a"), put("room:b"));
    expect((await refusal(write(client, put("room:a"), put("direct:b")))).name).to.equal("AccessDeniedException");
  });

  it("can be all that a policy allows, by dynamodb:EnclosingOperation", async () => {
    const conditions = {
      "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": ["TransactWriteItems", "TransactGetItems"] },
    };
    const inTransactions: Statement = { ...allow("dynamodb:*", counters.arn), conditions };
    const client = await dynamodb.clientAllowed(inTransactions);
    await write(client, actions.PutItem);
    await read(client, TableName, id(1));
    expect((await refusal(client.send(new PutItemCommand({ TableName, Item: id(1) })))).name).to.equal(
      "AccessDeniedException",
    );
  });
});
