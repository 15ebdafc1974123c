import { expect } from "chai";
import { requestedAccess } from "#local/dynamodb/requested-access.ts";
import type { Table } from "#local/stack.ts";

const table = (name: string): Table => ({
  address: `aws_dynamodb_table.${name}`,
  name,
  arn: `arn:${name}`,
  key: { hash: "pk", range: "sk" },
  attributes: { pk: "S", sk: "S", user: "S", date: "S" },
  globalIndexes: [{ name: "by-user", key: { hash: "user" }, projection: "ALL" }],
  localIndexes: [{ name: "by-date", key: { hash: "pk", range: "date" }, projection: "ALL" }],
  billingMode: "PAY_PER_REQUEST",
});
const stack = ["rooms", "people"].map(table);
const tables = {
  find: (name: string): Table | undefined => stack.find((one) => one.name === name),
  arnOf: (name: string): string => `arn:${name}`,
};
const key = { pk: { S: "k" }, sk: { S: "1" } };

describe("access a DynamoDB request needs", () => {
  const cases: readonly (readonly [string, string, object, object[]])[] = [
    [
      "of an item",
      "GetItem",
      { TableName: "rooms", Key: key },
      [{ action: "dynamodb:GetItem", resource: "arn:rooms", leadingKeys: ["k"] }],
    ],
    [
      "of a new item",
      "PutItem",
      { TableName: "rooms", Item: key },
      [{ action: "dynamodb:PutItem", resource: "arn:rooms", leadingKeys: ["k"] }],
    ],
    [
      "of a query",
      "Query",
      { TableName: "rooms", KeyConditionExpression: ":v=pk", ExpressionAttributeValues: { ":v": { S: "k" } } },
      [{ action: "dynamodb:Query", resource: "arn:rooms", leadingKeys: ["k"] }],
    ],
    [
      "of a query in the old form",
      "Query",
      { TableName: "rooms", KeyConditions: { pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "k" }] } } },
      [{ action: "dynamodb:Query", resource: "arn:rooms", leadingKeys: ["k"] }],
    ],
    [
      "of a query of an index",
      "Query",
      {
        TableName: "rooms",
        IndexName: "by-user",
        KeyConditionExpression: "#u = :u",
        ExpressionAttributeNames: { "#u": "user" },
        ExpressionAttributeValues: { ":u": { S: "ada" } },
      },
      [{ action: "dynamodb:Query", resource: "arn:rooms/index/by-user", leadingKeys: ["ada"] }],
    ],
    [
      "of a query of a local index",
      "Query",
      {
        TableName: "rooms",
        IndexName: "by-date",
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: "k" } },
      },
      [{ action: "dynamodb:Query", resource: "arn:rooms/index/by-date", leadingKeys: ["k"] }],
    ],
    ["of a scan", "Scan", { TableName: "rooms" }, [{ action: "dynamodb:Scan", resource: "arn:rooms" }]],
    [
      "of a batch of reads",
      "BatchGetItem",
      { RequestItems: { rooms: { Keys: [key] }, people: { Keys: [] } } },
      [
        { action: "dynamodb:BatchGetItem", resource: "arn:rooms", leadingKeys: ["k"] },
        { action: "dynamodb:BatchGetItem", resource: "arn:people", leadingKeys: [] },
      ],
    ],
    [
      "of a batch of writes",
      "BatchWriteItem",
      { RequestItems: { rooms: [{ PutRequest: { Item: key } }, { DeleteRequest: { Key: { pk: { S: "j" } } } }] } },
      [{ action: "dynamodb:BatchWriteItem", resource: "arn:rooms", leadingKeys: ["k", "j"] }],
    ],
    [
      "of a transaction, item by item",
      "TransactWriteItems",
      {
        TransactItems: [
          { Put: { TableName: "rooms", Item: key } },
          { ConditionCheck: { TableName: "people", Key: key } },
        ],
      },
      [
        {
          action: "dynamodb:PutItem",
          resource: "arn:rooms",
          leadingKeys: ["k"],
          enclosingOperation: "TransactWriteItems",
        },
        {
          action: "dynamodb:ConditionCheckItem",
          resource: "arn:people",
          leadingKeys: ["k"],
          enclosingOperation: "TransactWriteItems",
        },
      ],
    ],
    [
      "of reads in a transaction",
      "TransactGetItems",
      { TransactItems: [{ Get: { TableName: "rooms", Key: key } }] },
      [
        {
          action: "dynamodb:GetItem",
          resource: "arn:rooms",
          leadingKeys: ["k"],
          enclosingOperation: "TransactGetItems",
        },
      ],
    ],
    ["of no table", "ListTables", {}, [{ action: "dynamodb:ListTables", resource: "*" }]],
    [
      "of tags",
      "TagResource",
      { ResourceArn: "arn:rooms" },
      [{ action: "dynamodb:TagResource", resource: "arn:rooms" }],
    ],
    [
      "of an unknown table",
      "GetItem",
      { TableName: "none", Key: key },
      [{ action: "dynamodb:GetItem", resource: "arn:none" }],
    ],
  ];
  for (const [name, action, input, expected] of cases) {
    it(`is that ${name}`, () => {
      expect(requestedAccess(action, { ...input }, tables)).to.deep.equal(expected);
    });
  }

  it("is found in malformed requests too", () => {
    expect(requestedAccess("BatchWriteItem", { RequestItems: "x" }, tables)).to.deep.equal([]);
    expect(requestedAccess("PutItem", { TableName: 3, Item: null }, tables)).to.deep.equal([
      { action: "dynamodb:PutItem", resource: "arn:3" },
    ]);
  });
});
