/** The three tables of a stage: what they are keyed by. What is in the rows is the business of aws/. */
export interface TableDefinition {
  readonly hash: Key;
  readonly range?: Key;
  readonly indexes: Readonly<Record<string, IndexDefinition>>;
}

export interface IndexDefinition {
  readonly hash: Key;
  readonly range?: Key;
  readonly projection: "ALL" | "KEYS_ONLY";
}

export interface Key {
  readonly name: string;
  readonly type: "S" | "N";
}

const text = (name: string): Key => ({ name, type: "S" });

export const TABLES = {
  connections: {
    hash: text("connectionId"),
    indexes: {
      "userId-index": { hash: text("userId"), projection: "ALL" },
      "name-index": { hash: text("name"), projection: "ALL" },
    },
  },
  memberships: {
    hash: text("conversationShard"),
    range: text("connectionId"),
    indexes: {
      "connectionId-index": { hash: text("connectionId"), range: text("conversationShard"), projection: "KEYS_ONLY" },
    },
  },
  messages: { hash: text("conversation"), range: { name: "seq", type: "N" }, indexes: {} },
} as const satisfies Readonly<Record<string, TableDefinition>>;

export type TableName = keyof typeof TABLES;
