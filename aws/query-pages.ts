import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import type { Row } from "./table-rows.ts";

/** Every row of a query, page after page: one page ends at 1 MB, and may be empty though more follow (aws facts §11.1). */
export async function queryAll(client: DynamoDBClient, input: QueryCommandInput): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let from: Row | undefined;
  do {
    const page = await client.send(new QueryCommand({ ...input, ...(from ? { ExclusiveStartKey: from } : {}) }));
    rows.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from);
  return rows;
}
