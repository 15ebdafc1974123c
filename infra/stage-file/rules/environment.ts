import { fields } from "../fields.ts";
import { invocationVariable } from "../invocation-variable.ts";
import { quote } from "../quote.ts";
import type { Rule } from "./rule.ts";

/** All of a function's variables together (aws facts §10.2); 1 KB of it is for those every function gets. */
const MOST_BYTES = 4096 - 1024;

/** Lambda sets these itself and refuses functions that do. */
const OF_LAMBDA: ReadonlySet<string> = new Set([
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

/** What the stack tells every function (`functionEnvironment`). */
export const OF_STACK = [
  "STAGE",
  "CONNECTIONS_TABLE",
  "MEMBERSHIPS_TABLE",
  "MESSAGES_TABLE",
  "MEMBERSHIP_SHARDS",
  "POST_CONCURRENCY",
  "DIRECT_AUDIENCE_LIMIT",
  "SIGNALS_AUDIENCE_LIMIT",
  "POSTS_PER_SECOND",
  "MESSAGE_RETENTION_DAYS",
  "CONNECTION_TTL_SECONDS",
  "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI",
] as const;

/** What it tells every function of some rooms (`functionEnvironment`). */
export const OF_ROOMS = ["ROOM_SHARDS"] as const;

/** What it tells every function of who may be here (`authEnvironment`). */
export const OF_AUTH = [
  "AUTH_MODE",
  "AUTH_ISSUER",
  "AUTH_AUDIENCE",
  "AUTH_JWKS_URI",
  "AUTH_USE",
  "AUTH_SCOPES",
  "AUTH_CLOCK_SKEW_SECONDS",
  "AUTH_USER_ID_CLAIM",
  "AUTH_NAME_CLAIM",
  "AUTH_ROOMS_CLAIM",
  "AUTH_ROOMS_PREFIX",
  "AUTH_ORIGINS",
  "ROOM_RULES",
] as const;

export const environmentKeys: Rule = (stage, report) => {
  const ofStack = new Set<string>([
    ...OF_STACK,
    ...OF_ROOMS,
    ...OF_AUTH,
    ...Object.keys(fields(stage.functions)).map(invocationVariable),
  ]);
  for (const [name, settings] of Object.entries(fields(stage.functions))) {
    for (const key of Object.keys(fields(fields(settings).environment))) {
      const owner = OF_LAMBDA.has(key) ? "Lambda" : ofStack.has(key) ? "the stack" : undefined;
      if (owner === undefined) continue;
      const expected = `another name: ${owner} sets ${key} itself`;
      report(["functions", name, "environment", key], { found: `the key ${quote(key)}`, expected, at: "key" });
    }
  }
};

export const environmentSize: Rule = (stage, report) => {
  const most = MOST_BYTES - bytesOf(stage.auth) - bytesOf(stage.rooms) - bytesOf(fields(stage.delivery).roomShards);
  for (const [name, settings] of Object.entries(fields(stage.functions))) {
    const bytes = Buffer.byteLength(
      Object.entries(fields(fields(settings).environment))
        .flat()
        .join(""),
    );
    if (bytes <= most) continue;
    const expected = `at most ${most} bytes: Lambda allows 4 KB, of which the stack's own variables take up to 1 KB`;
    report(["functions", name, "environment"], { found: `${bytes} bytes of variables`, expected });
  }
};

/** What every function is told of them. */
function bytesOf(setting: unknown): number {
  return setting === undefined ? 0 : Buffer.byteLength(JSON.stringify(setting));
}
