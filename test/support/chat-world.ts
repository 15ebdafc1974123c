// The real stores on the embedded database, and a poster that keeps what it is given: a world in which the message function runs as it does
// when deployed, and a test reads what each connection was sent. Each `instance` is one instance of the function, which can be killed.
import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { dynamodbConnections } from "#aws/dynamodb-connections.ts";
import { dynamodbInboxes } from "#aws/dynamodb-inboxes.ts";
import { dynamodbLeases } from "#aws/dynamodb-leases.ts";
import { dynamodbMemberships } from "#aws/dynamodb-memberships.ts";
import { dynamodbMessages } from "#aws/dynamodb-messages.ts";
import { dynamodbReceipts } from "#aws/dynamodb-receipts.ts";
import { dynamodbSignals } from "#aws/dynamodb-signals.ts";
import { dynamodbSnapshots } from "#aws/dynamodb-snapshots.ts";
import { REST_MS } from "#chat/deliver.ts";
import { largeAudiences } from "#chat/large-audiences.ts";
import { type Opening, openConnection } from "#chat/open-connection.ts";
import type { Clock, Closer, Connection, Ports, Rules, Tokens } from "#chat/ports.ts";
import type { PostOutcome } from "#chat/post-ports.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { rateLimits } from "#chat/rate-limits.ts";
import { restingHere } from "#chat/resting.ts";
import { toldHere } from "#chat/told.ts";
import { type Context, contextOf } from "#functions/runtime/identity-context.ts";
import { onMessage } from "#functions/runtime/on-message.ts";
import { startDynamoDb } from "#local/dynamodb/start-dynamodb.ts";
import { Credentials } from "#local/iam/credentials.ts";
import { ChatError } from "#protocol/errors.ts";
import { chatTables } from "./chat-tables.ts";

/** Stands around every call to the outside; one that never settles is a function that was killed there. */
export type Around = <T>(call: string, make: () => Promise<T>) => Promise<T>;

export type Answer = Readonly<Record<string, unknown>> | undefined;

export interface Instance {
  readonly ports: Ports;
  /** What the message function answers to a frame that has waited for so long; undefined for no answer. */
  say(connectionId: string, frame: unknown, heldBackMs?: number): Promise<Answer>;
}

export interface ChatWorld extends Instance {
  readonly client: DynamoDBClient;
  /** Of its tables' names. */
  readonly prefix: string;
  /** The pumps that were asked for, and did not run yet. */
  readonly orders: PumpOrder[];
  /** The connections that were ended. */
  readonly closed: string[];
  /** What the message function has logged. */
  readonly logged: Record<string, unknown>[];
  /** Another instance of the function, on the same tables. */
  instance(around?: Around, settings?: InstanceSettings): Instance;
  /** Moves the clock; milliseconds. */
  pass(ms: number): void;
  /** Frames sent to the connection since the last call, oldest first. */
  sentTo(connectionId: string): Record<string, unknown>[];
  /** From now on posts to the connection have this outcome. */
  make(connectionId: string, outcome: PostOutcome): void;
  open(connectionId: string, query?: Omit<Opening, "connectionId" | "connectedAt">): Promise<void>;
  connection(connectionId: string): Promise<Connection>;
  close(): Promise<void>;
}

export interface InstanceSettings {
  /** Its clock is so far ahead of the others'. */
  readonly clockAheadMs?: number;
  readonly directAudienceLimit?: number;
  /** How many shards it spreads members over. */
  readonly shards?: number;
  /** As after another deployment. */
  readonly rules?: Rules;
}

interface WorldOptions {
  /** Milliseconds since 1970, as far as nobody has let time pass. */
  readonly now?: () => number;
  /** Unless given, it takes no time but the world's. */
  readonly wait?: Ports["wait"];
  readonly shards?: number;
  readonly retentionDays?: number;
  readonly directAudienceLimit?: number;
  readonly signalsAudienceLimit?: number;
  /** As in mode `none`, unless given. */
  readonly rules?: Rules;
  readonly tokens?: Tokens;
}

/** Nobody asks for tokens. */
const OPEN: Pick<Ports, "rules" | "tokens"> = {
  rules: { tokens: false, namesFromTokens: false, rooms: {} },
  tokens: { verify: async () => Promise.reject(new ChatError("not_allowed", "There are no tokens here.")) },
};

const CREDENTIALS = { accessKeyId: "AKIDTEST", secretAccessKey: "test" };

export async function openChatWorld(options: WorldOptions = {}): Promise<ChatWorld> {
  const prefix = `t-${randomUUID()}`;
  const database = await startDynamoDb({ port: 0, tables: chatTables(prefix), credentials: new Credentials() });
  const sent = new Map<string, Record<string, unknown>[]>();
  const outcomes = new Map<string, PostOutcome>();
  const clients: DynamoDBClient[] = [];
  const logged: Record<string, unknown>[] = [];
  const orders: PumpOrder[] = [];
  // API Gateway repeats it with every frame
  const identities = new Map<string, Context>();
  const closed: string[] = [];
  const { now = Date.now } = options;
  let offsetMs = 0;
  const clock: Clock = { now: () => now() + offsetMs };
  const pass = (ms: number) => {
    offsetMs += ms;
  };
  const wait = async (ms: number) => pass(ms);
  const log = {
    info: (event: string, fields: object) => logged.push({ level: "info", event, ...fields }),
    warn: (event: string, fields: object) => logged.push({ level: "warn", event, ...fields }),
    error: (event: string, fields: object) => logged.push({ level: "error", event, ...fields }),
  };

  const instance = (
    around: Around = (_call, make) => make(),
    { clockAheadMs = 0, ...settings }: InstanceSettings = {},
  ): Instance & { client: DynamoDBClient } => {
    const client = new DynamoDBClient({ endpoint: database.url, region: "us-east-1", credentials: CREDENTIALS });
    clients.push(client);
    standAround(client, around);
    const post = (connectionId: string, frame: string): Promise<PostOutcome> =>
      around("Post", async () => {
        const outcome = outcomes.get(connectionId) ?? "sent";
        if (outcome === "sent") sent.set(connectionId, [...(sent.get(connectionId) ?? []), JSON.parse(frame)]);
        return outcome;
      });
    const pumps = { start: (order: PumpOrder) => around("Invoke", async () => void orders.push(order)) };
    const closer: Closer = {
      close: (connectionId) =>
        around("Close", async () => {
          closed.push(connectionId);
          return "ended" as const;
        }),
    };
    const itsClock = { now: () => clock.now() + clockAheadMs };
    const place = {
      client,
      clock: itsClock,
      wait,
      prefix,
      shards: 1,
      retentionDays: 30,
      directAudienceLimit: 200,
      signalsAudienceLimit: 1000,
      ...OPEN,
    };
    const ports = portsOn({ ...place, ...options, ...settings }, post, { pumps, closer });
    const message = onMessage(ports, { log });
    return {
      client,
      ports,
      async say(connectionId, frame, heldBackMs = 0) {
        const body = typeof frame === "string" ? frame : JSON.stringify(frame);
        const authorizer = identities.get(connectionId);
        const requestContext = {
          connectionId,
          routeKey: "$default",
          eventType: "MESSAGE",
          connectedAt: 0,
          requestTimeEpoch: clock.now() - heldBackMs,
          requestId: "r",
          ...(authorizer && { authorizer }),
        } as const;
        const result = await message({ requestContext, body });
        return result.body === undefined ? undefined : JSON.parse(result.body);
      },
    };
  };

  const first = instance();
  return {
    ...first,
    prefix,
    logged,
    orders,
    closed,
    instance,
    pass,
    make: (connectionId, outcome) => outcomes.set(connectionId, outcome),
    sentTo(connectionId) {
      const frames = sent.get(connectionId) ?? [];
      sent.delete(connectionId);
      return frames;
    },
    async open(connectionId, query = {}) {
      if (query.identity) identities.set(connectionId, contextOf(query.identity));
      await openConnection(first.ports, { connectionId, connectedAt: clock.now(), ...query });
    },
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
  readonly wait: Ports["wait"];
  readonly prefix: string;
  readonly shards: number;
  readonly retentionDays: number;
  readonly directAudienceLimit: number;
  readonly signalsAudienceLimit: number;
  readonly rules: Rules;
  readonly tokens: Tokens;
}

function portsOn(
  {
    client,
    clock,
    wait,
    prefix,
    shards,
    retentionDays,
    directAudienceLimit,
    signalsAudienceLimit,
    rules,
    tokens,
  }: Place,
  post: Ports["poster"]["post"],
  { pumps, closer }: Pick<Ports, "pumps" | "closer">,
): Ports {
  const table = (name: string) => ({ client, clock, tableName: `${prefix}-${name}` });
  return {
    connections: dynamodbConnections({ ...table("connections"), ttlSeconds: 9000 }),
    memberships: dynamodbMemberships({ ...table("memberships"), ttlSeconds: 9000, shardsOf: () => shards }),
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
    told: toldHere(clock),
    signals: dynamodbSignals(table("messages")),
    largeAudiences: largeAudiences(clock),
    resting: restingHere(clock, REST_MS),
    clock,
    wait,
    ids: { create: randomUUID },
    postConcurrency: 8,
    directAudienceLimit,
    signalsAudienceLimit,
    leases: dynamodbLeases(table("messages")),
    pumps,
    poster: { post },
    closer,
    rules,
    tokens,
  };
}

function standAround(client: DynamoDBClient, around: Around): void {
  client.middlewareStack.add((next, context) => (args) => around(String(context.commandName), () => next(args)), {
    step: "initialize",
    name: "around",
  });
}
