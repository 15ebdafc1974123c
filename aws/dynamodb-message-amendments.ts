// An edit or deletion, which has its own place in the conversation, carried over to the message it is about – so that history read later
// shows the message as it is now.
import { UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Deletion, Edit } from "#protocol/messages.ts";
import { conditionHolds } from "./conditional-write.ts";
import type { MessagesTable } from "./dynamodb-messages.ts";
import { queryAll } from "./query-pages.ts";
import { number } from "./table-rows.ts";

export async function amendMessage(table: MessagesTable, amendment: Edit | Deletion): Promise<void> {
  if (amendment.type === "edit") {
    await amend(table, amendment, "#content = :content, #at = :at, amendedBy = :seq", "editedAt", amendment.content);
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
): Promise<void> {
  await conditionHolds(
    client.send(
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
      }),
    ),
  );
}

/** What was taken back is not to be read in its edits either. Deleting is rare, so it may read what lies in between. */
async function withdrawEdits({ client, tableName }: MessagesTable, { conversation, of, seq }: Deletion): Promise<void> {
  const edits = await queryAll(client, {
    TableName: tableName,
    ConsistentRead: true,
    KeyConditionExpression: "conversation = :conversation AND seq BETWEEN :from AND :to",
    FilterExpression: "#of = :of AND attribute_exists(content)",
    ExpressionAttributeNames: { "#of": "of" },
    ExpressionAttributeValues: {
      ":conversation": { S: conversation },
      ":from": { N: String(of + 1) },
      ":to": { N: String(seq - 1) },
      ":of": { N: String(of) },
    },
    ProjectionExpression: "seq",
  });
  for (const edit of edits) {
    await conditionHolds(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { conversation: { S: conversation }, seq: { N: String(number(edit, "seq")) } },
          UpdateExpression: "REMOVE content",
          ConditionExpression: "attribute_exists(conversation)",
        }),
      ),
    );
  }
}
