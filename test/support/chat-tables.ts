import type { Table } from "#local/stack.ts";

/** The three tables of a stage, as the synthesized Terraform describes them. */
export function chatTables(prefix: string): readonly Table[] {
  const table = (
    name: string,
    key: Table["key"],
    attributes: Table["attributes"],
    indexes: readonly [name: string, key: Table["key"], projection: "ALL" | "KEYS_ONLY"][] = [],
  ): Table => ({
    address: `aws_dynamodb_table.${name}`,
    name: `${prefix}-${name}`,
    arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${prefix}-${name}`,
    key,
    attributes,
    globalIndexes: indexes.map(([indexName, indexKey, projection]) => ({ name: indexName, key: indexKey, projection })),
    billingMode: "PAY_PER_REQUEST",
    ttlAttribute: "ttl",
  });
  return [
    table("connections", { hash: "connectionId" }, { connectionId: "S", userId: "S", name: "S" }, [
      ["userId-index", { hash: "userId" }, "ALL"],
      ["name-index", { hash: "name" }, "ALL"],
    ]),
    table(
      "memberships",
      { hash: "conversationShard", range: "connectionId" },
      { conversationShard: "S", connectionId: "S" },
      [["connectionId-index", { hash: "connectionId", range: "conversationShard" }, "KEYS_ONLY"]],
    ),
    table("messages", { hash: "conversation", range: "seq" }, { conversation: "S", seq: "N" }),
  ];
}
