import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import { LambdaFunction as LambdaFunctionResource } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { aliasRouting } from "./alias-routing.ts";
import { assetPath } from "./asset-path.ts";
import type { Bundle } from "./bundle.ts";
import { exempt } from "./checks/exempt.ts";
import type { CustomerKey } from "./customer-key.ts";
import { FailedEvents } from "./failed-events.ts";
import { type Allowed, FunctionRole } from "./function-role.ts";
import { createLogGroup } from "./log-group.ts";
import type { FunctionConfig } from "./stage-file/function-schema.ts";

export interface LambdaFunctionProps {
  /** Of the function, its role and its log group. */
  readonly name: string;
  readonly config: FunctionConfig;
  readonly bundle: Bundle;
  /** All its variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly retentionDays: number;
  /** Lambda tells of each invocation, whatever the function's own level: how long it took, what it used, whether it was a cold start. */
  readonly reports: boolean;
  readonly key: CustomerKey | undefined;
}

/** By this name functions are invoked, whatever their version. */
export const ALIAS = "live";

/** A function with a log group and a role of its own, called by its alias `live`. */
export class LambdaFunction extends Construct {
  readonly name: string;
  readonly config: FunctionConfig;
  readonly alias: LambdaAlias;
  readonly logGroup: CloudwatchLogGroup;
  readonly failedEvents: FailedEvents | undefined;
  readonly #resource: LambdaFunctionResource;
  readonly #role: FunctionRole;

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    this.name = props.name;
    this.config = props.config;
    // Made before the function: Lambda would make one itself, without an end to its retention.
    this.logGroup = createLogGroup(this, "logs", { ...props, name: `/aws/lambda/${props.name}` });
    this.#role = new FunctionRole(this, props.name, this.logGroup);
    this.#grantOwnNeeds(props);
    this.#resource = this.#createFunction(props);
    this.alias = this.#createAlias(props);
    const { async } = props.config;
    this.failedEvents = async && new FailedEvents(this, "failed", { of: this, async, key: props.key });
  }

  get policy(): IamRolePolicy {
    return this.#role.policy;
  }

  /** As its metrics know it. */
  get functionName(): string {
    return this.#resource.functionName;
  }

  /** Used by what grants: `tables.grant(fn, …)`. */
  allow(statement: Allowed): void {
    this.#role.allow(statement);
  }

  /** Lets API Gateway call the alias for one route. */
  grantInvoke(routeId: string, routeArn: string): LambdaPermission {
    return new LambdaPermission(this, `on-${routeId}`, {
      statementId: `Route-${routeId}`,
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      functionName: this.#resource.functionName,
      qualifier: this.alias.name,
      sourceArn: routeArn,
    });
  }

  #grantOwnNeeds({ config, bundle, key }: LambdaFunctionProps): void {
    // X-Ray knows no resources to name.
    if (config.tracing)
      this.allow({ Sid: "Trace", Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], Resource: ["*"] });
    const keepsSomething = Object.keys(bundle.permissions.tables).length > 0 || config.async !== undefined;
    if (keepsSomething) key?.grantUse(this);
    else key?.grantVariables(this);
  }

  #createFunction({ name, config, bundle, environment, key, reports }: LambdaFunctionProps): LambdaFunctionResource {
    const { reservedConcurrency } = config;
    const resource = new LambdaFunctionResource(this, "Resource", {
      functionName: name,
      role: this.#role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: assetPath(bundle.name),
      sourceCodeHash: bundle.sha256,
      publish: true,
      memorySize: config.memoryMb,
      timeout: config.timeoutSeconds,
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      environment: { variables: { ...environment } },
      ...(key === undefined ? {} : { kmsKeyArn: key.arn }),
      tracingConfig: { mode: config.tracing ? "Active" : "PassThrough" },
      loggingConfig: {
        logFormat: "JSON",
        applicationLogLevel: config.logLevel,
        systemLogLevel: systemLogLevel(config.logLevel, reports),
        logGroup: this.logGroup.name,
      },
      // No reference leads there, and a function without it would fail its first calls.
      dependsOn: [this.policy],
    });
    exempt(resource, exemptions(config, key));
    return resource;
  }

  #createAlias({ config }: LambdaFunctionProps): LambdaAlias {
    return new LambdaAlias(this, "live", {
      name: ALIAS,
      functionName: this.#resource.functionName,
      ...aliasRouting(this.#resource, config.shift),
    });
  }
}

function exemptions({ async, reservedConcurrency, tracing }: FunctionConfig, key: CustomerKey | undefined) {
  return {
    "function-in-vpc":
      "It talks to DynamoDB and API Gateway only, by IAM over TLS: a VPC would add cost and no protection.",
    "function-code-signed": "The plan shows the hash of its code, and only Terraform's role may change it.",
    ...(reservedConcurrency === undefined
      ? {
          "function-concurrency":
            "Reserved concurrency would be taken from the rest of the account; the stage's throttle limits it.",
        }
      : {}),
    ...(async === undefined
      ? { "function-dead-letters": "Invoked synchronously only: whoever invokes it hears of the failure." }
      : {}),
    ...(tracing ? {} : { "function-traced": "Switched off in the stage file." }),
    ...(key === undefined
      ? { "function-variables-key": "The stage has no customerKey, and no variable is a secret." }
      : {}),
  };
}

/** Lambda's own records know three levels only (aws facts §10.4); its reports of invocations that went well are INFO. */
function systemLogLevel(level: FunctionConfig["logLevel"], reports: boolean): "DEBUG" | "INFO" | "WARN" {
  switch (level) {
    case "TRACE":
    case "DEBUG":
      return "DEBUG";
    case "INFO":
      return "INFO";
    case "WARN":
    case "ERROR":
    case "FATAL":
      return reports ? "INFO" : "WARN";
  }
}
