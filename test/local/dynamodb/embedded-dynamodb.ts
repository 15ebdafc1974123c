// Tables as two functions of a chat would have them, and clients for a running store; everything opened is closed by afterEach.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { type DynamoDb, type DynamoDbOptions, startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import type { Role, Statement, Table } from "#local/stack.ts";

export const arn = (name: string): string => `arn:aws:dynamodb:eu-central-1:123456789012:table/${name}`;

export const memberships: Table = {
  address: "aws_dynamodb_table.memberships",
  name: "chat-dev-memberships",
  arn: arn("chat-dev-memberships"),
  key: { hash: "conversation", range: "connectionId" },
  attributes: { conversation: "S", connectionId: "S" },
  globalIndexes: [
    { name: "connectionId-index", key: { hash: "connectionId", range: "conversation" }, projection: "KEYS_ONLY" },
  ],
  billingMode: "PAY_PER_REQUEST",
  ttlAttribute: "ttl",
};

export const counters: Table = {
  address: "aws_dynamodb_table.counters",
  name: "chat-dev-counters",
  arn: arn("chat-dev-counters"),
  key: { hash: "id" },
  attributes: { id: "N" },
  globalIndexes: [],
  billingMode: "PROVISIONED",
};

export const tables = [memberships, counters];

export const member = (connectionId: string, more: object = {}) => ({
  conversation: { S: "room:general" },
  connectionId: { S: connectionId },
  ...more,
});

export const allow = (action: string, resource: string): Statement => ({
  effect: "Allow",
  actions: [action],
  resources: [resource],
});

/** What the call fails with. */
export const refusal = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => expect.fail("The call was allowed."),
    (error) => error,
  );

export class EmbeddedDynamoDb {
  readonly #open: (() => Promise<void>)[] = [];

  constructor() {
    afterEach(() => this.close());
  }

  async start(options: Partial<DynamoDbOptions> = {}): Promise<DynamoDb> {
    const db = await startDynamoDb({ port: 0, tables, credentials: new Credentials(), ...options });
    this.#open.push(() => db.close());
    return db;
  }

  /** A client with the keys of a function, or with nobody's: an operator's. */
  clientOf(db: DynamoDb, keys = { accessKeyId: "operator", secretAccessKey: "secret" }): DynamoDBClient {
    const client = new DynamoDBClient({ endpoint: db.url, region: "eu-central-1", credentials: keys, maxAttempts: 1 });
    this.#open.push(async () => client.destroy());
    return client;
  }

  /** An operator's client of a new store. */
  async client(): Promise<DynamoDBClient> {
    return this.clientOf(await this.start());
  }

  /** What a function with just these statements sees. */
  async clientAllowed(...statements: readonly Statement[]): Promise<DynamoDBClient> {
    const role: Role = { arn: "arn:aws:iam::123456789012:role/r", name: "r", policies: [{ name: "p", statements }] };
    const credentials = new Credentials();
    const db = await this.start({ credentials });
    return this.clientOf(db, credentials.issue({ role, functionName: "chat-dev-message" }));
  }

  /** Stops what was started, the last first. */
  async close(): Promise<void> {
    for (const close of this.#open.splice(0).reverse()) await close();
  }
}
