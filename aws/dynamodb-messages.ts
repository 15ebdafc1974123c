// The Messages table. Entries have their conversation as partition and their seq as sort key; other kinds of row are kept apart by their
// partition: `head#…` (a hint at a conversation's last seq), `claim#…` (which seq a client's message id went to), `receipt#…`.
//
// An entry is numbered by being stored: its row is put at the next free seq, on the condition that nothing is there yet. So no
// seq is ever used twice, none is left out, and no lock or lease can be left behind by a function that dies between two calls.
import { randomUUID } from "node:crypto";
import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock, Draft, Messages, SentBy } from "#chat/ports.ts";
import { conditionHolds } from "./conditional-write.ts";
import { amendMessage } from "./dynamodb-message-amendments.ts";
import { type Claim, messageClaims } from "./dynamodb-message-claims.ts";
import { newestRow, pageOfEntries, sentAfter } from "./dynamodb-message-pages.ts";
import { entryOf, headKey, rowOf, sentByAttributes } from "./message-rows.ts";
import { epochSeconds, number, optionalText, type Row, textAttributes } from "./table-rows.ts";

export interface MessagesTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly retentionDays: number;
}

/** A conversation so busy that this many writers in a row were faster is answered as overloaded. */
const MOST_ATTEMPTS = 100;

export function dynamodbMessages(table: MessagesTable): Messages {
  const { client, tableName, clock, retentionDays } = table;
  const claims = messageClaims(table);

  /** `writer` tells our own write, repeated by the SDK after a lost answer, from another's of the same message. */
  const put = (draft: Draft, seq: number, writer: string, by: SentBy | undefined) =>
    conditionHolds(
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            ...rowOf(draft, seq),
            ...textAttributes({ writer }),
            ...sentByAttributes(by),
            ttl: { N: String(epochSeconds(clock.now()) + retentionDays * 86_400) },
          },
          ConditionExpression: "attribute_not_exists(conversation)",
        }),
      ),
    );

  const at = async (conversation: string, seq: number): Promise<Row | undefined> => {
    const Key = { conversation: { S: conversation }, seq: { N: String(seq) } };
    return (await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  };

  /** The newest row; where retention has taken them all, the hint, so that numbering goes on and never starts anew. */
  const lastSeq = async (conversation: string): Promise<number> => {
    const newest = await newestRow(table, conversation);
    if (newest) return number(newest, "seq");
    const head = await at(headKey(conversation), 0);
    return head ? number(head, "last") : 0;
  };

  return {
    lastSeq,
    page: (conversation, range) => pageOfEntries(table, conversation, range),
    sentAfter: (conversation, after, most) => sentAfter(table, conversation, after, most),
    amend: (amendment) => amendMessage(table, amendment),

    async entry(conversation, seq) {
      const row = await at(conversation, seq);
      return row && entryOf(row);
    },

    async isRepeated(draft, clientId) {
      const seq = await claims.find(claimOf(draft, clientId));
      const there = seq === undefined ? undefined : await at(draft.conversation, seq);
      return there !== undefined && isSame(there, draft);
    },

    async append(draft, clientId, hint, by) {
      const { conversation } = draft;
      const writer = randomUUID();
      const claim = clientId === undefined ? undefined : claimOf(draft, clientId);
      let seq = claim ? await claims.take(claim, hint + 1) : hint + 1;
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        if (await put(draft, seq, writer, by)) return { entry: entryOf(rowOf(draft, seq)), again: false };
        const there = await at(conversation, seq);
        if (there && isSame(there, draft)) {
          return { entry: entryOf(there), again: optionalText(there, "writer") !== writer };
        }
        const next = (await lastSeq(conversation)) + 1;
        // the claim moves with us, unless another run of the same request has moved it already: then we follow
        seq = claim ? await claims.move(claim, seq, next) : next;
      }
      throw new Overloaded(conversation);
    },

    async noteShown(conversation, seq) {
      await conditionHolds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { conversation: { S: conversation }, seq: { N: String(seq) } },
            UpdateExpression: "SET shown = :yes",
            ConditionExpression: "attribute_exists(conversation)",
            ExpressionAttributeValues: { ":yes": { BOOL: true } },
          }),
        ),
      );
    },

    async isShown(conversation, seq) {
      return (await at(conversation, seq))?.shown?.BOOL === true;
    },

    async lastShownDirectly(conversation) {
      const head = await at(headKey(conversation), 0);
      return Number(head?.direct?.N ?? 0);
    },

    async noteLast(conversation, seq, shown) {
      await conditionHolds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: { conversation: { S: headKey(conversation) }, seq: { N: "0" } },
            UpdateExpression: `SET #last = :seq${shown === undefined ? "" : ", direct = :seq"}`,
            ConditionExpression: "attribute_not_exists(#last) OR #last < :seq",
            ExpressionAttributeNames: { "#last": "last" },
            ExpressionAttributeValues: { ":seq": { N: String(seq) } },
          }),
        ),
      );
    },
  };
}

/** Named as DynamoDB names its own throttling, which it amounts to. */
class Overloaded extends Error {
  override readonly name = "ThrottlingException";

  constructor(conversation: string) {
    super(`${MOST_ATTEMPTS} others in a row were faster to get into ${conversation}`);
  }
}

function claimOf({ conversation, sender, type }: Draft, clientId: string): Claim {
  return { conversation, userId: sender.id, clientId: `${type}:${clientId}` };
}

function isSame(row: Row, draft: Draft): boolean {
  const type = optionalText(row, "type") ?? "message";
  return (
    type === draft.type && optionalText(row, "id") === draft.id && optionalText(row, "senderId") === draft.sender.id
  );
}
