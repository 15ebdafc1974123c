// What the functions of the chat are told by Terraform.
import type { RoomRule } from "#chat/ports.ts";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { type Auth, readAuth } from "./auth-config.ts";
import { type Environment, EnvironmentReader } from "./environment-reader.ts";
import { readRoomRules, readRoomShards } from "./room-settings.ts";

export interface Config {
  readonly stage: string;
  readonly connectionsTable: string;
  readonly membershipsTable: string;
  readonly messagesTable: string;
  readonly membershipShards: number;
  /** `ROOM_SHARDS`: of rooms that have another number of them. */
  readonly roomShards: Readonly<Record<string, number>>;
  readonly postConcurrency: number;
  readonly directAudienceLimit: number;
  readonly signalsAudienceLimit: number;
  readonly postsPerSecond: number;
  readonly messageRetentionDays: number;
  readonly connectionTtlSeconds: number;
  /** `DEFAULT_DIALECT`: what a connection speaks that has not shown it yet. */
  readonly defaultDialect: DialectName | undefined;
  /** `USER_ID_MISSING_STATUS`: the handshake status for a client that names no user. */
  readonly userIdMissingStatus: number | undefined;
  readonly auth: Auth;
  readonly roomRules: Readonly<Record<string, RoomRule>>;
}

/** Of a function that wakes pumps. */
export interface FanningConfig extends Config {
  readonly fanoutFunction: string;
}

export function readConfig(environment: Environment): Config {
  const reader = new EnvironmentReader(environment);
  const config = configFrom(reader);
  reader.complain();
  return config;
}

export function readFanningConfig(environment: Environment): FanningConfig {
  const reader = new EnvironmentReader(environment);
  const config = { ...configFrom(reader), fanoutFunction: reader.text("FANOUT_FUNCTION") };
  reader.complain();
  return config;
}

function configFrom(reader: EnvironmentReader): Config {
  return {
    stage: reader.text("STAGE"),
    connectionsTable: reader.text("CONNECTIONS_TABLE"),
    membershipsTable: reader.text("MEMBERSHIPS_TABLE"),
    messagesTable: reader.text("MESSAGES_TABLE"),
    membershipShards: reader.count("MEMBERSHIP_SHARDS"),
    roomShards: reader.optional("ROOM_SHARDS", "a JSON object of whole numbers above 0", readRoomShards) ?? {},
    postConcurrency: reader.count("POST_CONCURRENCY"),
    directAudienceLimit: reader.count("DIRECT_AUDIENCE_LIMIT"),
    signalsAudienceLimit: reader.count("SIGNALS_AUDIENCE_LIMIT"),
    postsPerSecond: reader.count("POSTS_PER_SECOND"),
    messageRetentionDays: reader.count("MESSAGE_RETENTION_DAYS"),
    connectionTtlSeconds: reader.count("CONNECTION_TTL_SECONDS"),
    defaultDialect: reader.optional("DEFAULT_DIALECT", `one of ${DIALECT_NAMES.join(", ")}`, (value) =>
      DIALECT_NAMES.find((name) => name === value),
    ),
    userIdMissingStatus: reader.optional("USER_ID_MISSING_STATUS", "a status from 400 to 499", (value) =>
      /^4\d\d$/.test(value) ? Number(value) : undefined,
    ),
    auth: readAuth(reader),
    roomRules: reader.optional("ROOM_RULES", "a JSON object of room rules", readRoomRules) ?? {},
  };
}
