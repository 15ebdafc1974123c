// The SDK's client, without what only its logger would need: of every answer the SDK works out what to log, which costs a fifth of the memory
// that a pump goes through, and hands it to a logger that does nothing. It does not where the logger has no such method.
import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";

const nothing = () => {};
const logger = { trace: nothing, debug: nothing, warn: nothing } as NonNullable<DynamoDBClientConfig["logger"]>;

/** Region, credentials and endpoint are found in the SDK's standard variables, unless given. */
export function dynamodbClient(config: DynamoDBClientConfig = {}): DynamoDBClient {
  return new DynamoDBClient({ logger, ...config });
}
