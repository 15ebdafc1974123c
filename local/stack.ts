// What the emulator knows of the world: everything the synthesized Terraform says, resolved. `terraform/read-stack.ts` makes it; all else only reads it.

/** Statement of an IAM policy document, normalised: lists are always lists. */
export interface Statement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  /** operator → condition key → values, as in the document. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A named policy attached to a role, inline or managed. */
export interface Policy {
  readonly name: string;
  readonly statements: readonly Statement[];
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly policies: readonly Policy[];
}

export interface LambdaFunction {
  /** Terraform address, for messages: `aws_lambda_function.message`. */
  readonly address: string;
  readonly name: string;
  readonly arn: string;
  readonly role: Role | undefined;
  /** Absolute path of the zip or directory, resolved relative to the Terraform file. */
  readonly code: string;
  /** Likewise of its layers, in their order. */
  readonly layers?: readonly string[];
  /** ARNs of layers whose content is not here. */
  readonly missingLayers?: readonly string[];
  /** As in Lambda: `index.handler` is export `handler` of index.mjs, .js or .cjs. */
  readonly handler: string;
  /** `nodejs24.x` and the like. */
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logging: {
    readonly group: string;
    readonly format: "Text" | "JSON";
    /** Lambda's levels; what lies below is not written. Only with JSON. */
    readonly applicationLevel?: string;
    readonly systemLevel?: string;
  };
  /** undefined: no limit of its own. */
  readonly reservedConcurrency?: number;
  /** undefined: Lambda's own, two retries within six hours (aws facts §10.3). */
  readonly asyncInvoke?: AsyncInvoke;
  /** Alias names, each a valid qualifier. */
  readonly aliases: readonly string[];
  /** Who may invoke it (aws_lambda_permission). `sourceArn` may hold wildcards. */
  readonly permissions: readonly {
    readonly principal: string;
    readonly sourceArn?: string;
    readonly qualifier?: string;
  }[];
}

/** What becomes of events a function is invoked with asynchronously. */
export interface AsyncInvoke {
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  /** ARNs. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly deadLetter?: string;
}

export interface Integration {
  readonly address: string;
  readonly type: "AWS_PROXY" | "MOCK";
  /** Of AWS_PROXY: the function invoked, and the alias or version if the URI names one. */
  readonly functionName?: string;
  readonly qualifier?: string;
  /** ARN of the role it is invoked with; without one the function's own permissions decide. */
  readonly credentialsArn?: string;
  /** Milliseconds, 50 to 29,000. */
  readonly timeoutMs: number;
  /** Of MOCK. */
  readonly mock?: MockTemplates;
}

/** What a MOCK integration answers with, by the values of its selection expressions (aws facts §3.4). */
export interface MockTemplates {
  /** Their result holds the status: `{"statusCode": 200}`. */
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly requestSelection?: string;
  readonly passthrough: "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";
  readonly responses: readonly {
    readonly address: string;
    /** `$default` or `/<regular expression of statuses>/`. */
    readonly key: string;
    readonly templates: Readonly<Record<string, string>>;
    readonly selection?: string;
  }[];
}

/** What messages must look like (aws facts §3.5). */
export interface RequestModels {
  readonly selectionExpression: string;
  /** By the value of the expression: JSON Schema, draft 4, as text. */
  readonly schemas: Readonly<Record<string, string>>;
}

/** A Lambda function that decides over each handshake (aws facts §1.6). */
export interface Authorizer {
  readonly address: string;
  readonly id: string;
  readonly functionName: string;
  readonly qualifier?: string;
  /** As of an integration. */
  readonly credentialsArn?: string;
  /** `route.request.querystring.token`: what must be there and not empty before the function is asked. */
  readonly identitySources: readonly string[];
}

export interface Route {
  readonly key: string;
  readonly integration: Integration | undefined;
  /** Both settings are there: the selection expression `$default` and a route response `$default` (aws facts §3.4). */
  readonly twoWay: boolean;
  readonly authorizationType: "NONE" | "AWS_IAM" | "CUSTOM";
  /** Of CUSTOM. */
  readonly authorizer?: Authorizer;
  /** undefined: messages are not validated. */
  readonly models?: RequestModels;
  /** Only a client with an API key of the stage gets in. */
  readonly apiKeyRequired?: boolean;
}

export interface Throttle {
  /** Bucket size, in requests. */
  readonly burst: number;
  /** Refill, in requests per second. */
  readonly rate: number;
}

/** A key and what it may do by the usage plan that gives it to a stage. */
export interface ApiKey {
  readonly address: string;
  readonly id: string;
  readonly value: string;
  /** The value is not the file's: AWS would make one up, as is done here. */
  readonly madeUp: boolean;
  readonly planId: string;
  readonly throttle?: Throttle;
  readonly quota?: Quota;
}

/** Requests of a day, week or month. */
export interface Quota {
  readonly limit: number;
  /** How many fewer in the first period. */
  readonly offset: number;
  readonly period: "DAY" | "WEEK" | "MONTH";
}

export interface ExecutionLogSettings {
  readonly level: "OFF" | "ERROR" | "INFO";
  /** With INFO: the content of requests and responses too. */
  readonly dataTrace: boolean;
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Routes as of the stage's deployment; none when it has no deployment (its handshakes are answered with 403). */
  readonly routes: readonly Route[];
  readonly deployed: boolean;
  /** Addresses of routes that its deployment does not wait for. */
  readonly unawaitedRoutes?: readonly string[];
  /** Its deployment has no triggers. */
  readonly neverRedeployed?: boolean;
  /** undefined: the account's limit alone. 0 means nothing is allowed, as on AWS (aws facts §6). */
  readonly throttle?: Throttle;
  readonly routeThrottles: Readonly<Record<string, Throttle>>;
  readonly apiKeys: readonly ApiKey[];
  readonly accessLog?: { readonly group: string; readonly format: string };
  readonly executionLog: ExecutionLogSettings;
  /** By route key, of the routes that have settings of their own. */
  readonly routeExecutionLogs: Readonly<Record<string, ExecutionLogSettings>>;
}

export interface WebSocketApi {
  readonly address: string;
  /** Ten lower-case alphanumerics, derived from the address, so that it is the same at each start. */
  readonly id: string;
  readonly name: string;
  readonly routeSelectionExpression: string;
  /** Where an API key is looked for: in the header x-api-key, or in what the authorizer says. */
  readonly apiKeySource: "header" | "authorizer";
  /** false: `<id>.execute-api…` does not lead to it, only custom domains do (aws facts §1.9). */
  readonly defaultEndpoint: boolean;
  readonly stages: readonly Stage[];
}

/** A host name of the stack's own (aws facts §1.9). */
export interface CustomDomain {
  readonly address: string;
  /** In lower case; `*.example.com` is every name right below. */
  readonly name: string;
  readonly mappings: readonly ApiMapping[];
}

/** What a path's beginning leads to. */
export interface ApiMapping {
  /** `v1`, `games/v1`; empty: every path that begins with no other key. */
  readonly key: string;
  readonly apiId: string;
  readonly stage: string;
}

export interface TableKey {
  readonly hash: string;
  readonly range?: string;
}

export interface TableIndex {
  readonly name: string;
  readonly key: TableKey;
  readonly projection: "ALL" | "KEYS_ONLY" | "INCLUDE";
  readonly nonKeyAttributes?: readonly string[];
}

export interface Table {
  readonly address: string;
  readonly name: string;
  readonly arn: string;
  readonly key: TableKey;
  readonly attributes: Readonly<Record<string, "S" | "N" | "B">>;
  readonly globalIndexes: readonly TableIndex[];
  /** With the table's partition key and another sort key. */
  readonly localIndexes?: readonly TableIndex[];
  readonly billingMode: "PAY_PER_REQUEST" | "PROVISIONED";
  readonly ttlAttribute?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Present where it is switched on. */
  readonly deletionProtection?: boolean;
  readonly pointInTimeRecovery?: boolean;
}

export interface LogGroup {
  readonly address: string;
  readonly name: string;
  readonly retentionDays?: number;
}

export interface Stack {
  /** The Terraform file, absolute. */
  readonly file: string;
  readonly region: string;
  readonly accountId: string;
  readonly apis: readonly WebSocketApi[];
  readonly domains: readonly CustomDomain[];
  readonly functions: readonly LambdaFunction[];
  readonly roles: readonly Role[];
  readonly tables: readonly Table[];
  readonly logGroups: readonly LogGroup[];
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Resources that are in the file and have no meaning here; named once at start. */
  readonly notServed: readonly string[];
}
