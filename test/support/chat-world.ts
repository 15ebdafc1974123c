// The real stores on the embedded database, and a poster that keeps what it is given: a world in which chat's operations run as they do
// when deployed, and a test reads what each connection was sent.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbConnections } from "#aws/dynamodb-connections.ts";
import { dynamodbMemberships } from "#aws/dynamodb-memberships.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { openConnection } from "#chat/open-connection.ts";
import type { Connection, Ports, PostOutcome } from "#chat/ports.ts";
import { onMessage } from "#functions/runtime/on-message.ts";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import { chatTables } from "./chat-tables.ts";

export interface ChatWorld {
  readonly ports: Ports;
  readonly client: DynamoDBClient;
  /** Moves the clock; milliseconds. */
  pass(ms: number): void;
  /** Frames sent to the connection since the last call, oldest first. */
  sentTo(connectionId: string): unknown[];
  /** From now on posts to the connection have this outcome. */
  make(connectionId: string, outcome: PostOutcome): void;
  open(connectionId: string, query?: { userId?: string; dialect?: string }): Promise<void>;
  /** What the message function answers to a frame; undefined for no answer. */
  say(connectionId: string, frame: unknown): Promise<Record<string, unknown> | undefined>;
  connection(connectionId: string): Promise<Connection>;
  /** What the message function has logged. */
  readonly logged: Record<string, unknown>[];
  close(): Promise<void>;
}

const CREDENTIALS = { accessKeyId: "AKIDTEST", secretAccessKey: "test" };

export async function openChatWorld(options: { shards?: number; retentionDays?: number } = {}): Promise<ChatWorld> {
  const prefix = `t-${randomUUID()}`;
  const database = await startDynamoDb({ port: 0, tables: chatTables(prefix), credentials: new Credentials() });
  const client = new DynamoDBClient({ endpoint: database.url, region: "us-east-1", credentials: CREDENTIALS });
  const sent = new Map<string, unknown[]>();
  const outcomes = new Map<string, PostOutcome>();
  let offsetMs = 0;
  const clock = { now: () => Date.now() + offsetMs };
  const table = (name: string) => ({ client, clock, tableName: `${prefix}-${name}` });
  const ports: Ports = {
    connections: dynamodbConnections({ ...table("connections"), ttlSeconds: 9000 }),
    memberships: dynamodbMemberships({ ...table("memberships"), ttlSeconds: 9000, shards: options.shards ?? 1 }),
    messages: dynamodbMessages({ ...table("messages"), retentionDays: options.retentionDays ?? 30 }),
    clock,
    ids: { create: randomUUID },
    postConcurrency: 8,
    poster: {
      async post(connectionId, frame) {
        const outcome = outcomes.get(connectionId) ?? "sent";
        if (outcome === "sent") sent.set(connectionId, [...(sent.get(connectionId) ?? []), JSON.parse(frame)]);
        return outcome;
      },
    },
  };
  const logged: ChatWorld["logged"] = [];
  const log = {
    info: (event: string, fields: object) => logged.push({ level: "info", event, ...fields }),
    error: (event: string, fields: object) => logged.push({ level: "error", event, ...fields }),
  };
  const message = onMessage(ports, log);
  return {
    ports,
    client,
    logged,
    pass: (ms) => {
      offsetMs += ms;
    },
    make: (connectionId, outcome) => outcomes.set(connectionId, outcome),
    sentTo(connectionId) {
      const frames = sent.get(connectionId) ?? [];
      sent.delete(connectionId);
      return frames;
    },
    open: (connectionId, query = {}) => openConnection(ports, { connectionId, connectedAt: clock.now(), ...query }),
    async say(connectionId, frame) {
      const body = typeof frame === "string" ? frame : JSON.stringify(frame);
      const requestContext = {
        connectionId,
        routeKey: "$default",
        eventType: "MESSAGE",
        connectedAt: 0,
        requestId: "r",
      };
      const result = await message({ requestContext: requestContext as never, body });
      return result.body === undefined ? undefined : JSON.parse(result.body);
    },
    async connection(connectionId) {
      const found = await ports.connections.get(connectionId);
      if (!found) throw new Error(`no connection ${connectionId}`);
      return found;
    },
    async close() {
      client.destroy();
      await database.close();
    },
  };
}
