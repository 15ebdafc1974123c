// process.env of a function: what AWS would give it, and nothing of the developer's own shell.
import type { AccessKey } from "#local/iam/credentials.ts";
import type { LambdaFunction } from "#local/stack.ts";

export interface LocalEndpoints {
  /** Standard variables of the AWS SDKs, by name; the function's own setting wins. */
  readonly dynamodb?: string | undefined;
  readonly managementApi?: string | undefined;
  readonly lambda?: string | undefined;
}

export interface OfFunction {
  readonly lambda: LambdaFunction;
  /** Of its code. */
  readonly directory: string;
  readonly region: string;
  readonly logStream: string;
  readonly key: AccessKey | undefined;
  readonly endpoints: LocalEndpoints;
}

export function functionEnvironment({
  lambda,
  directory,
  region,
  logStream,
  key,
  endpoints,
}: OfFunction): Record<string, string> {
  return {
    ...(endpoints.dynamodb !== undefined && { AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb }),
    ...(endpoints.managementApi !== undefined && { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: endpoints.managementApi }),
    ...(endpoints.lambda !== undefined && { AWS_ENDPOINT_URL_LAMBDA: endpoints.lambda }),
    ...lambda.environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: lambda.logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_EXECUTION_ENV: `AWS_Lambda_${lambda.runtime}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: lambda.handler,
    TZ: ":UTC",
    PATH: process.env.PATH ?? "",
    ...(key && {
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_SESSION_TOKEN: key.sessionToken,
    }),
  };
}
