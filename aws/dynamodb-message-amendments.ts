// An edit or deletion, which has its own place in the conversation, carried over to the message it is about – so that history read later
// shows the message as it is now.
import { ConditionalCheckFailedException, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Deletion, Edit } from "#protocol/messages.ts";
import { conditionHolds } from "./conditional-write.ts";
import type { MessagesTable } from "./dynamodb-messages.ts";
import { queryAll } from "./query-pages.ts";
import { number } from "./table-rows.ts";

export async function amendMessage(table: MessagesTable, amendment: Edit | Deletion): Promise<void> {
  if (amendment.type === "edit") {
    const update = "#content = :content, #at = :at, amendedBy = :seq";
    const outcome = await amend(table, amendment, update, "editedAt", amendment.content);
    // stored when the deletion had looked for edits already, or just before it looked
    if (outcome === "deleted") await withdraw(table, amendment.conversation, amendment.seq);
    return;
  }
  await amend(table, amendment, "#at = :at, amendedBy = :seq REMOVE #content, extra", "deletedAt");
  await withdrawEdits(table, amendment);
}

/** Of two amendments that arrive in the wrong order the later one stays; nothing undoes a deletion. */
async function amend(
  { client, tableName }: MessagesTable,
  { conversation, of, seq, sentAt }: Edit | Deletion,
  update: string,
  timeAttribute: string,
  content?: string,
): Promise<"amended" | "deleted" | "outdated"> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { conversation: { S: conversation }, seq: { N: String(of) } },
        UpdateExpression: `SET ${update}`,
        ConditionExpression:
          "attribute_exists(conversation) AND attribute_not_exists(deletedAt) AND (attribute_not_exists(amendedBy) OR amendedBy < :seq)",
        ExpressionAttributeNames: { "#at": timeAttribute, "#content": "content" },
        ExpressionAttributeValues: {
          ":at": { S: sentAt },
          ":seq": { N: String(seq) },
          ...(content === undefined ? {} : { ":content": { S: content } }),
        },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return "amended";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.deletedAt ? "deleted" : "outdated";
  }
}

/**
 * What was taken back is not to be read in its edits either, also not in those that were numbered after the deletion. One that is stored
 * after this has looked finds its message deleted. Deleting is rare, so it may read all that came after the message.
 */
async function withdrawEdits(table: MessagesTable, { conversation, of }: Deletion): Promise<void> {
  const edits = await queryAll(table.client, {
    TableName: table.tableName,
    ConsistentRead: true,
    KeyConditionExpression: "conversation = :conversation AND seq > :of",
    FilterExpression: "#of = :of AND attribute_exists(content)",
    ExpressionAttributeNames: { "#of": "of" },
    ExpressionAttributeValues: { ":conversation": { S: conversation }, ":of": { N: String(of) } },
    ProjectionExpression: "seq",
  });
  for (const edit of edits) await withdraw(table, conversation, number(edit, "seq"));
}

async function withdraw({ client, tableName }: MessagesTable, conversation: string, seq: number): Promise<void> {
  await conditionHolds(
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: { conversation: { S: conversation }, seq: { N: String(seq) } },
        UpdateExpression: "REMOVE content",
        ConditionExpression: "attribute_exists(conversation)",
      }),
    ),
  );
}
