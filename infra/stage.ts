import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage/index.js";
import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { ACCESS_LOG_FORMAT } from "./access-log-format.ts";
import { exempt } from "./checks/exempt.ts";
import type { CustomerKey } from "./customer-key.ts";
import type { Deployment } from "./deployment.ts";
import { createLogGroup } from "./log-group.ts";
import type { StageConfig, Throttle } from "./stage-file/schema.ts";
import { literal, literals } from "./terraform-text.ts";
import type { WebSocketApi } from "./websocket-api.ts";

export interface StageProps {
  readonly api: WebSocketApi;
  readonly deployment: Deployment;
  /** What the routes need to work: a stage that was there first would answer with errors. */
  readonly after: readonly ITerraformDependable[];
  readonly key: CustomerKey | undefined;
  readonly config: Pick<StageConfig, "stage" | "routes" | "throttle" | "logs" | "stageVariables">;
}

/** The address clients connect to, its limits and its logs. */
export class Stage extends Construct {
  readonly name: string;
  readonly resource: Apigatewayv2Stage;
  readonly accessLog: CloudwatchLogGroup;
  readonly #api: WebSocketApi;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    this.name = props.config.stage;
    this.#api = props.api;
    this.accessLog = this.#createLog("access-logs", `websocket-api-${this.name}-logs`, props);
    // API Gateway's own name for it: made here, or API Gateway makes one that never forgets (aws facts §8.2).
    const executionLog = this.#createLog(
      "execution-logs",
      `/aws/apigateway/${props.api.resource.id}/${this.name}`,
      props,
    );
    this.resource = this.#createStage(props, this.accessLog, executionLog);
    exempt(this.resource, exemptions(props.config.logs));
  }

  /** A metric of the whole stage, for alarms and graphs. */
  metric(metricName: string) {
    const dimensions = { ApiId: this.#api.resource.id, Stage: this.name };
    return { namespace: "AWS/ApiGateway", metricName, dimensions };
  }

  #createLog(id: string, name: string, { config, key }: StageProps): CloudwatchLogGroup {
    return createLogGroup(this, id, { name, retentionDays: config.logs.retentionDays, key });
  }

  #createStage(
    { api, deployment, after, config }: StageProps,
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
      dependsOn: [executionLog, ...after],
    });
  }
}

function exemptions({ level, dataTrace }: StageConfig["logs"]): Record<string, string> {
  return {
    ...(level === "OFF" ? { "stage-execution-log": "Switched off in the stage file." } : {}),
    ...(dataTrace ? { "stage-no-data-trace": "Switched on in the stage file, which production refuses." } : {}),
  };
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
