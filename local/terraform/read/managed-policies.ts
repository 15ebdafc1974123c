// AWS's own policies that functions of such stacks commonly have, as far as they concern what is emulated. Another one is
// named at start as not served, and allows nothing.
import type { Policy, Statement } from "#local/stack.ts";

const allow = (actions: readonly string[]): Statement => ({ effect: "Allow", actions, resources: ["*"] });
const logs = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]);

const statements: Readonly<Record<string, readonly Statement[]>> = {
  AdministratorAccess: [allow(["*"])],
  AmazonAPIGatewayInvokeFullAccess: [allow(["execute-api:Invoke", "execute-api:ManageConnections"])],
  AmazonDynamoDBFullAccess: [allow(["dynamodb:*"])],
  AmazonDynamoDBFullAccess_v2: [allow(["dynamodb:*"])],
  AmazonDynamoDBReadOnlyAccess: [
    allow([
      "dynamodb:BatchGetItem",
      "dynamodb:Describe*",
      "dynamodb:List*",
      "dynamodb:GetItem",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:PartiQLSelect",
    ]),
  ],
  "service-role/AWSLambdaBasicExecutionRole": [logs],
  "service-role/AWSLambdaDynamoDBExecutionRole": [
    logs,
    allow(["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]),
  ],
  "service-role/AWSLambdaSQSQueueExecutionRole": [logs],
  "service-role/AWSLambdaVPCAccessExecutionRole": [logs],
  "service-role/AmazonAPIGatewayPushToCloudWatchLogs": [logs],
  AWSXRayDaemonWriteAccess: [allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"])],
};

export function managedPolicy(arn: string): Policy | undefined {
  const name = arn.match(/^arn:[^:]+:iam::aws:policy\/(.+)$/)?.[1];
  const known = name === undefined ? undefined : statements[name];
  return name === undefined || known === undefined ? undefined : { name, statements: known };
}
