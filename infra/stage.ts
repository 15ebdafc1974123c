import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage/index.js";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import { ACCESS_LOG_FORMAT } from "./access-log-format.ts";
import type { Deployment } from "./deployment.ts";
import type { StageConfig, Throttle } from "./stage-file/schema.ts";
import { literal, literals } from "./terraform-text.ts";
import type { WebSocketApi } from "./websocket-api.ts";

export interface StageProps {
  readonly api: WebSocketApi;
  readonly deployment: Deployment;
  /** What lets the routes call their functions: a stage that was there first would answer with errors. */
  readonly permissions: readonly LambdaPermission[];
  readonly config: Pick<StageConfig, "stage" | "routes" | "throttle" | "logs" | "stageVariables">;
}

/** The address clients connect to, its limits and its logs. */
export class Stage extends Construct {
  readonly resource: Apigatewayv2Stage;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const accessLog = this.#createAccessLog(props);
    const executionLog = this.#createExecutionLog(props);
    this.resource = this.#createStage(props, accessLog, executionLog);
  }

  #createAccessLog({ config }: StageProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "access-logs", {
      name: `websocket-api-${config.stage}-logs`,
      retentionInDays: config.logs.retentionDays,
    });
  }

  /** API Gateway's own name for it: made here, or API Gateway makes one that never forgets (aws facts §8.2). */
  #createExecutionLog({ api, config }: StageProps): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, "execution-logs", {
      name: `/aws/apigateway/${api.resource.id}/${config.stage}`,
      retentionInDays: config.logs.retentionDays,
    });
  }

  #createStage(
    { api, deployment, permissions, config }: StageProps,
    accessLog: CloudwatchLogGroup,
    executionLog: CloudwatchLogGroup,
  ): Apigatewayv2Stage {
    const throttled = Object.entries(config.routes).flatMap(([key, { throttle }]) =>
      throttle === undefined ? [] : [{ routeKey: literal(key), ...routeSettings(config.logs, throttle) }],
    );
    return new Apigatewayv2Stage(this, "Resource", {
      apiId: api.resource.id,
      name: config.stage,
      deploymentId: deployment.resource.id,
      accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG_FORMAT },
      defaultRouteSettings: routeSettings(config.logs, config.throttle),
      ...(throttled.length === 0 ? {} : { routeSettings: throttled }),
      ...(Object.keys(config.stageVariables).length === 0 ? {} : { stageVariables: literals(config.stageVariables) }),
      dependsOn: [executionLog, ...permissions],
    });
  }
}

/** Always complete: the provider sends 0, or off, for what a block leaves out, and a limit of 0 lets nothing through (aws facts §9.3). */
function routeSettings(logs: StageConfig["logs"], throttle: Throttle) {
  return {
    loggingLevel: logs.level,
    dataTraceEnabled: logs.dataTrace,
    detailedMetricsEnabled: logs.detailedMetrics,
    throttlingBurstLimit: throttle.burst,
    throttlingRateLimit: throttle.rate,
  };
}
