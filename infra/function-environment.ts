import type { OF_ROOMS, OF_STACK } from "./stage-file/rules/environment.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import type { Tables } from "./tables.ts";
import { literal } from "./terraform-text.ts";
import type { WebSocketApi } from "./websocket-api.ts";

type OfRooms = Readonly<Partial<Record<(typeof OF_ROOMS)[number], string>>>;
type Environment = Readonly<Record<(typeof OF_STACK)[number], string> & OfRooms>;

/** What every function is told about the stage it runs in. */
export function functionEnvironment({ stage, delivery }: StageConfig, tables: Tables, api: WebSocketApi): Environment {
  return {
    STAGE: stage,
    CONNECTIONS_TABLE: tables.nameOf("connections"),
    MEMBERSHIPS_TABLE: tables.nameOf("memberships"),
    MESSAGES_TABLE: tables.nameOf("messages"),
    MEMBERSHIP_SHARDS: String(delivery.membershipShards),
    ...roomShards(delivery),
    POST_CONCURRENCY: String(delivery.postConcurrency),
    DIRECT_AUDIENCE_LIMIT: String(delivery.directAudienceLimit),
    SIGNALS_AUDIENCE_LIMIT: String(delivery.signalsAudienceLimit),
    POSTS_PER_SECOND: String(delivery.postsPerSecond),
    MESSAGE_RETENTION_DAYS: String(delivery.messageRetentionDays),
    CONNECTION_TTL_SECONDS: String(delivery.connectionTtlSeconds),
    // The SDKs' own variable for this service's endpoint: functions need no code for it.
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: api.managementUrl,
  };
}

function roomShards({ roomShards }: StageConfig["delivery"]): OfRooms {
  return Object.keys(roomShards).length === 0 ? {} : { ROOM_SHARDS: literal(JSON.stringify(roomShards)) };
}
