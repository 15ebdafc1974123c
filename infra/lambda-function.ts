import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import { LambdaFunction as LambdaFunctionResource } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { assetPath } from "./asset-path.ts";
import type { Bundle } from "./bundle.ts";
import type { FunctionConfig } from "./stage-file/function-schema.ts";

export interface LambdaFunctionProps {
  /** Of the function, its role and its log group. */
  readonly name: string;
  readonly config: FunctionConfig;
  readonly bundle: Bundle;
  /** All its variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly retentionDays: number;
}

/** What a role policy allows; an IAM statement without its Effect. */
export interface Allowed {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

/** A function with a log group and a role of its own, called by its alias `live`. */
export class LambdaFunction extends Construct {
  readonly alias: LambdaAlias;
  readonly #resource: LambdaFunctionResource;
  readonly #allowed: Allowed[] = [];

  constructor(scope: Construct, id: string, props: LambdaFunctionProps) {
    super(scope, id);
    const logGroup = this.#createLogGroup(props);
    const role = this.#createRole(props);
    const policy = this.#createPolicy(role, logGroup);
    this.#resource = this.#createFunction(props, { logGroup, role, policy });
    this.alias = this.#createAlias();
  }

  /** Used by what grants: `tables.grant(fn, …)`. */
  allow(statement: Allowed): void {
    this.#allowed.push(statement);
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

  /** Made before the function: Lambda would make one itself, without an end to its retention. */
  #createLogGroup({ name, retentionDays }: LambdaFunctionProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "logs", { name: `/aws/lambda/${name}`, retentionInDays: retentionDays });
  }

  #createRole({ name }: LambdaFunctionProps): IamRole {
    return new IamRole(this, "role", {
      name,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
    });
  }

  /** Written last of all, when everything has been granted. */
  #createPolicy(role: IamRole, logGroup: CloudwatchLogGroup): IamRolePolicy {
    this.allow({
      Sid: "WriteLogs",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${logGroup.arn}:*`],
    });
    const policy = Lazy.stringValue({
      produce: () => policyDocument(this.#allowed.map(({ Sid, ...rest }) => ({ Sid, Effect: "Allow", ...rest }))),
    });
    return new IamRolePolicy(this, "policy", { name: "allowed", role: role.id, policy });
  }

  #createFunction({ name, config, bundle, environment }: LambdaFunctionProps, needs: Needs): LambdaFunctionResource {
    return new LambdaFunctionResource(this, "Resource", {
      functionName: name,
      role: needs.role.arn,
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      filename: assetPath(bundle.name),
      sourceCodeHash: bundle.sha256,
      publish: true,
      memorySize: config.memoryMb,
      timeout: config.timeoutSeconds,
      ...(config.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: config.reservedConcurrency }),
      environment: { variables: { ...environment } },
      loggingConfig: {
        logFormat: "JSON",
        applicationLogLevel: config.logLevel,
        systemLogLevel: systemLogLevel(config.logLevel),
        logGroup: needs.logGroup.name,
      },
      // No reference leads there, and a function without it would fail its first calls.
      dependsOn: [needs.policy],
    });
  }

  #createAlias(): LambdaAlias {
    return new LambdaAlias(this, "live", {
      name: "live",
      functionName: this.#resource.functionName,
      functionVersion: this.#resource.version,
    });
  }
}

interface Needs {
  readonly logGroup: CloudwatchLogGroup;
  readonly role: IamRole;
  readonly policy: IamRolePolicy;
}

function policyDocument(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Lambda's own records know three levels only (aws facts §10.4). */
function systemLogLevel(level: FunctionConfig["logLevel"]): "DEBUG" | "INFO" | "WARN" {
  switch (level) {
    case "TRACE":
    case "DEBUG":
      return "DEBUG";
    case "INFO":
      return "INFO";
    case "WARN":
    case "ERROR":
    case "FATAL":
      return "WARN";
  }
}
