// The Memberships table: one row a connection and conversation, spread over `shards` partitions a conversation, because one partition takes 1,000 writes a second (aws facts §11.1).
import {
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Crowd, Member, Memberships } from "#chat/ports.ts";
import { batchGet } from "./batch-get.ts";
import { conditionHolds, orUndefined } from "./conditional-write.ts";
import { isHere, nameAndDialect } from "./connection-rows.ts";
import { isNote, MembershipShards, notedCounts, partition, type ShardedTable } from "./membership-shards.ts";
import { queryAll } from "./query-pages.ts";
import { setExpression } from "./set-expression.ts";
import { epochSeconds, number, plainAttributes, type Row, text } from "./table-rows.ts";

/** So long somebody who ends a membership is given to tell the others; after that it counts again, and whoever finds it ends it. */
const ENDING_MS = 30_000;

/** A page of members: posted in a fraction of a second, and a query of some 50 KB. */
export const MEMBERS_PER_PAGE = 500;

export function dynamodbMemberships(table: ShardedTable): Memberships {
  const { client, tableName, clock, ttlSeconds } = table;
  const places = new MembershipShards(table);
  const keyIn = (conversation: string, shard: number, connectionId: string) => ({
    TableName: tableName,
    Key: { conversationShard: { S: partition(conversation, shard) }, connectionId: { S: connectionId } },
  });

  const remove = async (conversation: string, shard: number, connectionId: string) => {
    const key = keyIn(conversation, shard, connectionId);
    const { Attributes } = await client.send(new DeleteItemCommand({ ...key, ReturnValues: "ALL_OLD" }));
    return Attributes && memberOf(Attributes);
  };

  const end = async (conversation: string, shard: number, connectionId: string) => {
    const answer = await orUndefined(
      client.send(
        new UpdateItemCommand({
          ...keyIn(conversation, shard, connectionId),
          UpdateExpression: "SET endingUntil = :until",
          ConditionExpression:
            "attribute_exists(connectionId) AND (attribute_not_exists(endingUntil) OR endingUntil <= :now)",
          ExpressionAttributeValues: {
            ":until": { N: String(clock.now() + ENDING_MS) },
            ":now": { N: String(clock.now()) },
          },
          ReturnValues: "ALL_NEW",
        }),
      ),
    );
    return answer?.Attributes && memberOf(answer.Attributes);
  };

  const queryOf = (conversation: string, shard: number): QueryCommandInput => ({
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: "conversationShard = :shard",
    // what a push needs, and no more
    ProjectionExpression: "connectionId, userId, #name, dialect, counts, expiresAt, joinedAt, endingUntil, #ttl",
    ExpressionAttributeNames: { "#name": "name", "#ttl": "ttl" },
    ExpressionAttributeValues: { ":shard": { S: partition(conversation, shard) } },
  });

  const isMember = (row: Row) => {
    const isEnding = row.endingUntil !== undefined && number(row, "endingUntil") > clock.now();
    return !isNote(row) && !isEnding && isHere(row, clock.now());
  };

  /** A connection that was moved to another shard is in both for a moment. */
  const crowdOf = (rows: readonly Row[], of: number): Crowd => {
    const alive = rows.filter(isMember).map(memberOf);
    const members = of === 1 ? alive : [...new Map(alive.map((member) => [member.connectionId, member])).values()];
    return { members, shards: of };
  };

  /** What `read` finds in every shard there is, the configured ones or more. */
  const inAllShards = async (
    conversation: string,
    read: (shard: number) => Promise<readonly Row[]>,
  ): Promise<Crowd> => {
    const shards = table.shardsOf(conversation);
    const configured = (await Promise.all(Array.from({ length: shards }, (_, shard) => read(shard)))).flat();
    const noted = notedCounts(configured.find(isNote), clock.now());
    const all = Math.max(shards, ...noted);
    const more = await Promise.all(Array.from({ length: all - shards }, (_, at) => read(shards + at)));
    return crowdOf([...configured, ...more.flat()], all);
  };

  return {
    async add(conversation, { connectionId, userId, name, dialect, expiresAt, since = clock.now() }) {
      const [own, ...others] = await places.placesOf(conversation, connectionId);
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...keyIn(conversation, own, connectionId).Key,
            ...plainAttributes({ userId, name, dialect, expiresAt, joinedAt: since }),
            ttl: { N: String(epochSeconds(clock.now()) + ttlSeconds) },
          },
        }),
      );
      await Promise.all(others.map((shard) => remove(conversation, shard, connectionId)));
    },

    remove: (conversation, connectionId) =>
      places.find(conversation, connectionId, (shard) => remove(conversation, shard, connectionId)),

    end: (conversation, connectionId) =>
      places.find(conversation, connectionId, (shard) => end(conversation, shard, connectionId)),

    async audience(conversation) {
      const { members } = await inAllShards(conversation, (shard) => queryAll(client, queryOf(conversation, shard)));
      return members;
    },

    async atMost(conversation, most) {
      const crowd = await inAllShards(conversation, (shard) => queryAlive(queryOf(conversation, shard), most));
      return { ...crowd, members: crowd.members.slice(0, most) };
    },

    async page(conversation, shard, after) {
      const query = queryOf(conversation, shard);
      const from = after === undefined ? {} : { ExclusiveStartKey: keyIn(conversation, shard, after).Key };
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({ ...query, ...from, Limit: MEMBERS_PER_PAGE }),
      );
      const { members } = crowdOf(Items, 1);
      return LastEvaluatedKey ? { members, next: text(LastEvaluatedKey, "connectionId") } : { members };
    },

    async find(conversation, connectionIds) {
      const keys = await Promise.all(
        connectionIds.map(async (connectionId) =>
          (await places.placesOf(conversation, connectionId)).map((shard) => ({
            table: tableName,
            key: keyIn(conversation, shard, connectionId).Key,
          })),
        ),
      );
      const found = await batchGet(client, keys.flat());
      return crowdOf(found.get(tableName) ?? [], keys.flat().length).members;
    },

    async ofConnection(connectionId) {
      const rows = await queryAll(client, {
        TableName: tableName,
        IndexName: "connectionId-index",
        KeyConditionExpression: "connectionId = :connectionId",
        ExpressionAttributeValues: { ":connectionId": { S: connectionId } },
      });
      return [...new Set(rows.map((row) => text(row, "conversationShard").replace(/#\d+$/, "")))];
    },

    async change(conversation, connectionId, { name, dialect, expiresAt }) {
      await places.find(conversation, connectionId, async (shard) => {
        const changed = await conditionHolds(
          client.send(
            new UpdateItemCommand({
              ...keyIn(conversation, shard, connectionId),
              ...setExpression({ name, dialect, expiresAt }),
              ConditionExpression: "attribute_exists(connectionId)",
            }),
          ),
        );
        return changed || undefined;
      });
    },
  };

  /** Rows until `most` of them are members who have not expired. */
  async function queryAlive(query: QueryCommandInput, most: number): Promise<readonly Row[]> {
    const rows: Row[] = [];
    let from: Row | undefined;
    do {
      const start = from ? { ExclusiveStartKey: from } : {};
      const page = await client.send(new QueryCommand({ ...query, ...start, Limit: most + 1 }));
      rows.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from && rows.filter(isMember).length < most);
    return rows;
  }
}

function memberOf(row: Row): Member {
  return {
    connectionId: text(row, "connectionId"),
    userId: text(row, "userId"),
    ...nameAndDialect(row),
    ...(row.joinedAt && { since: number(row, "joinedAt") }),
  };
}
