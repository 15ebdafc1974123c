// What a complete stage says, after its files are merged. Each refusal's text says what would be right; the descriptions end up in
// stages/stage.schema.json, where editors show them.
import { z } from "zod";
import { DomainSchema, WebSchema } from "./address-schema.ts";
import { AlarmsSchema, BudgetSchema } from "./alarms-schema.ts";
import { AuthSchema, RoomPattern, RoomsSchema } from "./auth-schema.ts";
import { FunctionSchema } from "./function-schema.ts";
import { wholeNumber } from "./whole-number.ts";

export const ThrottleSchema = z
  .strictObject({
    burst: wholeNumber()
      .min(1)
      .meta({ description: "Bucket size: requests that may come at once. Whole, at least 1." }),
    rate: z.number().gt(0).meta({ description: "Refill: requests per second in the long run. Above 0." }),
  })
  .meta({
    description:
      "Token bucket, shared by all clients. Burst and rate belong together: the half that is left out would be 0 on AWS, and 0 answers every request with 429.",
  });

const RouteSchema = z
  .strictObject({
    function: z.string().min(1).meta({ description: 'The function that handles the route: a key of "functions".' }),
    twoWay: z.boolean().default(false).meta({
      description: "The function's return value is sent back on the socket. Not for $connect and $disconnect.",
    }),
    throttle: ThrottleSchema.optional(),
  })
  .meta({ description: "A route: where the messages with this key go." });

/** By its form, of which the direction is a part: Regions are added every year, directions are not. */
const RegionSchema = z
  .string()
  .regex(
    /^[a-z]{2,4}(-[a-z]+)?-(central|(north|south)?(east|west)|north|south)-\d$/,
    'an AWS Region, such as "us-east-1"',
  );

const AwsSchema = z
  .strictObject({
    region: RegionSchema.meta({ description: "The AWS Region of everything in the stage." }),
    accountId: z
      .string()
      .regex(/^\d{12}$/, "an account id: 12 digits, in quotes")
      .optional()
      .meta({ description: "Terraform refuses to touch any other account." }),
  })
  .meta({ description: "Where the stage is deployed." });

const ApiSchema = z
  .strictObject({
    name: z.string().min(1).max(128).meta({ description: "Name of the API in the console." }),
    description: z.string().max(1024).default("").meta({ description: "Shown beside the name." }),
    routeSelectionExpression: z
      .string()
      .regex(/^\$/, 'an expression, such as "$request.body.action"')
      .meta({ description: "Which part of a message is its route key." }),
    ipAddressType: z.enum(["ipv4", "dualstack"]).meta({ description: "ipv4, or dualstack for IPv4 and IPv6." }),
  })
  .meta({ description: "The WebSocket API." });

/** Retention CloudWatch Logs offers (aws facts §9.2). */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const LogsSchema = z
  .strictObject({
    level: z.enum(["OFF", "ERROR", "INFO"], { error: (issue) => gatewayLevel(issue.input) }).meta({
      description: 'Execution logging of API Gateway. Functions have their own "logLevel".',
    }),
    dataTrace: z.boolean().meta({ description: "Execution logs carry whole messages. Not for production." }),
    retentionDays: z
      .literal(RETENTION_DAYS, `days that CloudWatch Logs offers: ${RETENTION_DAYS.join(", ")}`)
      .meta({ description: "How long every log group of the stage keeps its events." }),
    detailedMetrics: z.boolean().meta({ description: "Metrics per route; CloudWatch bills them." }),
  })
  .meta({ description: "Logs and metrics of the API, and the retention of all log groups." });

/** What other levels come closest to: API Gateway has three (aws facts §8.2). */
const NEAREST_LEVEL: ReadonlyMap<unknown, string> = new Map([
  ["FATAL", "ERROR"],
  ["WARN", "ERROR"],
  ["DEBUG", "INFO"],
  ["TRACE", "INFO"],
]);

function gatewayLevel(input: unknown): string {
  const nearest = NEAREST_LEVEL.get(input);
  const advice = nearest === undefined ? "" : `; ${nearest} is nearest. ${input} is a level of functions ("logLevel")`;
  return `"OFF", "ERROR" or "INFO", the levels of API Gateway${advice}`;
}

const TablesSchema = z
  .strictObject({
    pointInTimeRecovery: z.boolean().meta({ description: "Continuous backups, restorable to any second of 35 days." }),
    deletionProtection: z.boolean().meta({ description: "A table cannot be deleted until this is switched off." }),
  })
  .meta({ description: "What protects the tables." });

const CustomerKeySchema = z
  .strictObject({
    deletionDays: wholeNumber().min(7).max(30).default(30).meta({
      description: "How long a deleted key can still be called back.",
    }),
  })
  .meta({
    description: "A KMS key of the stage's own for tables, logs, variables, topic and queues. Absent: AWS's keys.",
  });

const DeliverySchema = z
  .strictObject({
    membershipShards: wholeNumber().min(1).max(100).meta({
      description: "Partitions a room's members are spread over; one takes 1,000 writes a second.",
    }),
    roomShards: z.record(RoomPattern, wholeNumber().min(1).max(100)).default({}).meta({
      description:
        "Room, or how names begin and * → how many partitions instead of membershipShards. The longest pattern decides.",
    }),
    postConcurrency: wholeNumber().min(1).max(512).meta({
      description: "Frames one function sends at the same time.",
    }),
    directAudienceLimit: wholeNumber().min(1).max(1000).default(200).meta({
      description:
        "Up to so many members are pushed to by the function that was asked; more are by the function fanout.",
    }),
    signalsAudienceLimit: wholeNumber().min(1).max(10_000).default(1000).meta({
      description:
        "Up to so many members are told who comes, goes, types and reads. In a room that never rests that is a frame for each of them every one and a half seconds.",
    }),
    postsPerSecond: wholeNumber().min(1).max(2_000_000).default(4000).meta({
      description:
        "Frames all functions of the stage together send in a second at most: this stage's share of the account's requests a second.",
    }),
    messageRetentionDays: wholeNumber().min(1).max(3650).meta({ description: "How long messages can be read again." }),
    connectionTtlSeconds: wholeNumber().min(7800).max(604_800).meta({
      description:
        "When a connection that was never seen to end is forgotten. API Gateway ends every connection after 7,200 s; 600 s come on top.",
    }),
  })
  .meta({ description: "How messages are delivered and kept." });

const StateSchema = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of an S3 bucket")
      .meta({ description: "An existing, versioned S3 bucket." }),
    region: RegionSchema.meta({ description: "The bucket's Region." }),
  })
  .meta({
    description:
      "Where Terraform keeps its state, with a lock. Without it: a file beside the output directory, for one person alone.",
  });

const StageVariables = z
  .record(
    z.string().regex(/^\w{1,64}$/, "letters, digits and _, at most 64"),
    z.string().regex(/^[\w\-.~:/?#&=,]{1,512}$/, "1 to 512 letters, digits and -._~:/?#&=,"),
  )
  .default({})
  .meta({ description: "Stage variables: part of every event, readable by functions." });

const Tags = z
  .record(
    z
      .string()
      .regex(
        /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
        "1 to 128 letters, digits, spaces and _.:/=+-@, not starting with aws:",
      ),
    z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u, "at most 256 letters, digits, spaces and _.:/=+-@"),
  )
  .default({})
  .meta({ description: "Tags of every resource of the stage, at most 50." });

export const StageSchema = z.strictObject({
  stage: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/,
      "1 to 30 letters, digits, - and _ (it is part of the URL and of every name)",
    )
    .meta({ description: "The stage's name; the file has the same. Never inherited." }),
  production: z.boolean().optional().meta({
    description: "Whether the rules of production hold. Default: for stages called prod or production.",
  }),
  aws: AwsSchema,
  api: ApiSchema,
  auth: AuthSchema.prefault({ mode: "none" }),
  rooms: RoomsSchema,
  routes: z.record(z.string(), RouteSchema).meta({ description: "Route key → what it does." }),
  functions: z.record(z.string(), FunctionSchema).meta({ description: "Name → Lambda function." }),
  throttle: ThrottleSchema,
  logs: LogsSchema,
  stageVariables: StageVariables,
  tags: Tags,
  tables: TablesSchema,
  customerKey: CustomerKeySchema.optional(),
  delivery: DeliverySchema,
  alarms: AlarmsSchema.optional(),
  dashboard: z.boolean().default(false).meta({ description: "A CloudWatch dashboard of the API and its functions." }),
  savedQueries: z.boolean().default(false).meta({
    description:
      "Ready-made queries in CloudWatch Logs Insights; with them Lambda reports each invocation, whatever the function's logLevel.",
  }),
  budget: BudgetSchema.optional(),
  domain: DomainSchema.optional(),
  web: WebSchema.optional(),
  state: StateSchema.optional(),
});

/** A stage, checked and complete. */
export type StageConfig = z.output<typeof StageSchema>;
export type Throttle = z.output<typeof ThrottleSchema>;
