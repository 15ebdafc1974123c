// A claim says to which seq a client's message id goes. It is written before the message, so a repeated request – at the same time, or
// after the first one died – aims at the same row, and the row's own condition lets one of them through.
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { conditionHolds } from "./conditional-write.ts";
import type { MessagesTable } from "./dynamodb-messages.ts";
import { epochSeconds, isAlive, number } from "./table-rows.ts";

export interface Claim {
  readonly conversation: string;
  readonly userId: string;
  /** The id the client gave its message. */
  readonly clientId: string;
}

/** A request is repeated within minutes, not days. */
const CLAIM_SECONDS = 86_400;

export function messageClaims({ client, tableName, clock }: MessagesTable) {
  const keyOf = ({ conversation, userId, clientId }: Claim) => ({
    // the lengths keep apart what the separators alone would not
    conversation: { S: `claim#${userId.length}#${userId}#${clientId.length}#${clientId}#${conversation}` },
    seq: { N: "0" },
  });

  const heldAt = async (claim: Claim): Promise<number | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(claim), ConsistentRead: true }),
    );
    return Item && number(Item, "at");
  };

  return {
    /** Which seq an earlier run of the same request has claimed; undefined when there was none within a day. */
    async find(claim: Claim): Promise<number | undefined> {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: keyOf(claim), ConsistentRead: true }),
      );
      return Item && isAlive(Item, clock.now()) ? number(Item, "at") : undefined;
    },

    /** Claims `seq`, or says which seq an earlier run of the same request has claimed. */
    async take(claim: Claim, seq: number): Promise<number> {
      const taken = await conditionHolds(
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: {
              ...keyOf(claim),
              at: { N: String(seq) },
              ttl: { N: String(epochSeconds(clock.now()) + CLAIM_SECONDS) },
            },
            ConditionExpression: "attribute_not_exists(conversation) OR #ttl < :now",
            ExpressionAttributeNames: { "#ttl": "ttl" },
            ExpressionAttributeValues: { ":now": { N: String(epochSeconds(clock.now())) } },
          }),
        ),
      );
      return taken ? seq : ((await heldAt(claim)) ?? seq);
    },

    /** Moves the claim from a seq that turned out to be another message's, and says where it is now. */
    async move(claim: Claim, from: number, to: number): Promise<number> {
      const moved = await conditionHolds(
        client.send(
          new UpdateItemCommand({
            TableName: tableName,
            Key: keyOf(claim),
            UpdateExpression: "SET #at = :to",
            ConditionExpression: "#at = :from",
            ExpressionAttributeNames: { "#at": "at" },
            ExpressionAttributeValues: { ":from": { N: String(from) }, ":to": { N: String(to) } },
          }),
        ),
      );
      return moved ? to : ((await heldAt(claim)) ?? to);
    },
  };
}
