// The Messages table. Message rows have a conversation as partition and their seq as sort key; two other kinds of row are kept apart
// by their partition: `head#…` (a hint at a conversation's last seq) and `claim#…` (which seq a client's message id went to).
//
// A message is numbered by being stored: its row is put at the next free seq, on the condition that nothing is there yet. So no
// seq is ever used twice, none is left out, and no lock or lease can be left behind by a function that dies between two calls.
import { randomUUID } from "node:crypto";
import { type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Clock, Draft, Messages } from "#chat/ports.ts";
import type { Message } from "#protocol/messages.ts";
import { conditionHolds } from "./conditional-write.ts";
import { type Claim, messageClaims } from "./dynamodb-message-claims.ts";
import { lastSeqRow, pageOfRows } from "./dynamodb-message-pages.ts";
import { epochSeconds, number, optionalText, type Row, text, textAttributes } from "./table-rows.ts";

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
  const ttl = () => ({ ttl: { N: String(epochSeconds(clock.now()) + retentionDays * 86_400) } });

  /** Who wrote a row: tells our own write, repeated by the SDK after a lost answer, from another's of the same message. */
  const put = (draft: Draft, seq: number, writer: string) =>
    conditionHolds(
      client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: { ...rowOf(draft, seq), ...textAttributes({ writer }), ...ttl() },
          ConditionExpression: "attribute_not_exists(conversation)",
        }),
      ),
    );

  const at = async (conversation: string, seq: number): Promise<Row | undefined> => {
    const Key = { conversation: { S: conversation }, seq: { N: String(seq) } };
    return (await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item;
  };

  const hintedSeq = async (conversation: string): Promise<number> => {
    const head = await at(`head#${conversation}`, 0);
    return head ? number(head, "last") : 0;
  };

  /** A hint needs no certainty: when this is lost, the next writer finds the seq taken and looks. */
  const noteHead = (conversation: string, seq: number) =>
    conditionHolds(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { conversation: { S: `head#${conversation}` }, seq: { N: "0" } },
          UpdateExpression: "SET #last = :seq",
          ConditionExpression: "attribute_not_exists(#last) OR #last < :seq",
          ExpressionAttributeNames: { "#last": "last" },
          ExpressionAttributeValues: { ":seq": { N: String(seq) } },
        }),
      ),
    );

  /** The truth; the hint only where retention has taken all the messages, so that numbering goes on and never starts anew. */
  const lastSeq = async (conversation: string): Promise<number> => {
    const row = await lastSeqRow(table, conversation);
    return row ? number(row, "seq") : hintedSeq(conversation);
  };

  return {
    lastSeq,
    page: (conversation, range) => pageOfRows(table, conversation, range, messageOf),

    async append(draft, clientId) {
      const { conversation } = draft;
      const writer = randomUUID();
      const claims = messageClaims(table);
      let seq = (await hintedSeq(conversation)) + 1;
      let claim: Claim | undefined;
      if (clientId !== undefined) {
        claim = { conversation, userId: draft.sender.id, clientId };
        seq = await claims.take(claim, seq);
      }
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        if (await put(draft, seq, writer)) {
          await noteHead(conversation, seq);
          return { message: { ...draft, seq }, again: false };
        }
        const there = await at(conversation, seq);
        if (there && isSame(there, draft)) {
          return { message: messageOf(there), again: optionalText(there, "writer") !== writer };
        }
        const next = (await lastSeq(conversation)) + 1;
        // the claim moves with us, unless another run of the same request has moved it already: then we follow
        seq = claim ? await claims.move(claim, seq, next) : next;
      }
      throw new Overloaded(conversation);
    },
  };
}

/** Named as DynamoDB names its own throttling, which it amounts to. */
class Overloaded extends Error {
  override readonly name = "ThrottlingException";

  constructor(conversation: string) {
    super(`${MOST_ATTEMPTS} other messages in a row were faster to get into ${conversation}`);
  }
}

function isSame(row: Row, draft: Draft): boolean {
  return optionalText(row, "id") === draft.id && optionalText(row, "senderId") === draft.sender.id;
}

function rowOf(draft: Draft, seq: number): Row {
  const { conversation, id, sender, content, sentAt } = draft;
  return {
    ...textAttributes({ conversation, id, senderId: sender.id, senderName: sender.name, content, sentAt }),
    seq: { N: String(seq) },
  };
}

function messageOf(row: Row): Message {
  const name = optionalText(row, "senderName");
  return {
    conversation: text(row, "conversation"),
    seq: number(row, "seq"),
    id: text(row, "id"),
    sender: { id: text(row, "senderId"), ...(name === undefined ? {} : { name }) },
    content: text(row, "content"),
    sentAt: text(row, "sentAt"),
  };
}
