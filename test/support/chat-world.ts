// The real stores on the embedded database, and a poster that keeps what it is given: a world in which the message function runs as it does
// when deployed, and a test reads what each connection was sent. Each `instance` is one instance of the function, which can be killed.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbConnections } from "#aws/dynamodb-connections.ts";
import { dynamodbInboxes } from "#aws/dynamodb-inboxes.ts";
import { dynamodbMemberships } from "#aws/dynamodb-memberships.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { dynamodbReceipts } from "#aws/dynamodb-receipts.ts";
import { dynamodbSnapshots } from "#aws/dynamodb-snapshots.ts";
import { openConnection } from "#chat/open-connection.ts";
import type { Clock, Connection, Ports, PostOutcome } from "#chat/ports.ts";
import { rateLimits } from "#chat/rate-limits.ts";
import { onMessage } from "#functions/runtime/on-message.ts";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import { chatTables } from "./chat-tables.ts";

/** Stands around every call to the outside; one that never settles is a function that was killed there. */
export type Around = <T>(call: string, make: () => Promise<T>) => Promise<T>;

export type Answer = Readonly<Record<string, unknown>> | undefined;

export interface Instance {
  readonly ports: Ports;
  /** What the message function answers to a frame; undefined for no answer. */
  say(connectionId: string, frame: unknown): Promise<Answer>;
}

export interface ChatWorld extends Instance {
  readonly client: DynamoDBClient;
  /** What the message function has logged. */
  readonly logged: Record<string, unknown>[];
  /** Another instance of the function, on the same tables. */
  instance(around?: Around): Instance;
  /** Moves the clock; milliseconds. */
  pass(ms: number): void;
  /** Frames sent to the connection since the last call, oldest first. */
  sentTo(connectionId: string): Record<string, unknown>[];
  /** From now on posts to the connection have this outcome. */
  make(connectionId: string, outcome: PostOutcome): void;
  open(connectionId: string, query?: { userId?: string; dialect?: string }): Promise<void>;
  connection(connectionId: string): Promise<Connection>;
  close(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: "AKIDTEST", secretAccessKey: "test" };

export async function openChatWorld(options: { shards?: number; retentionDays?: number } = {}): Promise<ChatWorld> {
  const prefix = `t-${randomUUID()}`;
  const database = await startDynamoDb({ port: 0, tables: chatTables(prefix), credentials: new Credentials() });
  const sent = new Map<string, Record<string, unknown>[]>();
  const outcomes = new Map<string, PostOutcome>();
  const clients: DynamoDBClient[] = [];
  const logged: Record<string, unknown>[] = [];
  let offsetMs = 0;
  const clock: Clock = { now: () => Date.now() + offsetMs };
  const log = {
    info: (event: string, fields: object) => logged.push({ level: "info", event, ...fields }),
    error: (event: string, fields: object) => logged.push({ level: "error", event, ...fields }),
  };

  const instance = (around: Around = (_call, make) => make()): Instance & { client: DynamoDBClient } => {
    const client = new DynamoDBClient({ endpoint: database.url, region: "us-east-1", credentials: CREDENTIALS });
    clients.push(client);
    standAround(client, around);
    const post = (connectionId: string, frame: string): Promise<PostOutcome> =>
      around("Post", async () => {
        const outcome = outcomes.get(connectionId) ?? "sent";
        if (outcome === "sent") sent.set(connectionId, [...(sent.get(connectionId) ?? []), JSON.parse(frame)]);
        return outcome;
      });
    const ports = portsOn({ client, clock, prefix, shards: 1, retentionDays: 30, ...options }, post);
    const message = onMessage(ports, { log });
    return {
      client,
      ports,
      async say(connectionId, frame) {
        const body = typeof frame === "string" ? frame : JSON.stringify(frame);
        const requestContext = {
          connectionId,
          routeKey: "$default",
          eventType: "MESSAGE",
          connectedAt: 0,
          requestId: "r",
        } as const;
        const result = await message({ requestContext, body });
        return result.body === undefined ? undefined : JSON.parse(result.body);
      },
    };
  };

  const first = instance();
  return {
    ...first,
    logged,
    instance,
    pass: (ms) => {
      offsetMs += ms;
    },
    make: (connectionId, outcome) => outcomes.set(connectionId, outcome),
    sentTo(connectionId) {
      const frames = sent.get(connectionId) ?? [];
      sent.delete(connectionId);
      return frames;
    },
    open: (connectionId, query = {}) =>
      openConnection(first.ports, { connectionId, connectedAt: clock.now(), ...query }),
    async connection(connectionId) {
      const found = (await first.ports.snapshots.read({ connections: [connectionId] })).connection(connectionId);
      if (!found) throw new Error(`no connection ${connectionId}`);
      return found;
    },
    async close() {
      for (const client of clients) client.destroy();
      await database.close();
    },
  };
}

interface Place {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  readonly prefix: string;
  readonly shards: number;
  readonly retentionDays: number;
}

function portsOn({ client, clock, prefix, shards, retentionDays }: Place, post: Ports["poster"]["post"]): Ports {
  const table = (name: string) => ({ client, clock, tableName: `${prefix}-${name}` });
  return {
    connections: dynamodbConnections({ ...table("connections"), ttlSeconds: 9000 }),
    memberships: dynamodbMemberships({ ...table("memberships"), ttlSeconds: 9000, shards }),
    snapshots: dynamodbSnapshots({
      client,
      clock,
      connectionsTable: `${prefix}-connections`,
      messagesTable: `${prefix}-messages`,
    }),
    messages: dynamodbMessages({ ...table("messages"), retentionDays }),
    receipts: dynamodbReceipts({ ...table("messages"), retentionDays }),
    inboxes: dynamodbInboxes({ client, tableName: `${prefix}-memberships` }),
    rates: rateLimits(clock),
    clock,
    ids: { create: randomUUID },
    postConcurrency: 8,
    poster: { post },
  };
}

function standAround(client: DynamoDBClient, around: Around): void {
  client.middlewareStack.add((next, context) => (args) => around(String(context.commandName), () => next(args)), {
    step: "initialize",
    name: "around",
  });
}
