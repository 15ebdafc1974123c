import type { ExecutionLogSettings, Route, Stage, Throttle } from "#local/stack.ts";
import { readApiKeys } from "./api-keys.ts";
import { deploymentTrouble } from "./deployments.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";
import type { VariablesOfStage } from "./stage-variables.ts";

/** Of one API; a stage without a deployment has no routes (aws facts §1.1). `routesOf` is asked for their mistakes even so. */
export function readStages(
  reading: Reading,
  apiId: string,
  routesOf: (stage: VariablesOfStage | undefined) => readonly Route[],
): Stage[] {
  const ofApi = reading.resources("aws_apigatewayv2_stage").filter((fields) => fields.required("api_id") === apiId);
  return ofApi.map((fields) => {
    const deployed = fields.flag("auto_deploy") || fields.has("deployment_id");
    const variables = fields.map("stage_variables");
    const routes = routesOf(deployed ? { place: fields.place, variables } : undefined);
    const settings = fields.block("default_route_settings");
    const perRoute = fields.blocks("route_settings");
    const deployment = findDeployment(reading, fields, apiId);
    const accessLog = readAccessLog(fields);
    const executionLog = readExecutionLog(settings, "OFF");
    const name = fields.required("name");
    if (name !== "" && name !== "$default" && !/^[\w-]{1,128}$/.test(name))
      fields.problem(`name is ${JSON.stringify(name)}; it is up to 128 letters, digits, - and _`);
    reading.hasNoEffect(fields, ["client_certificate_id"]);
    return {
      name,
      variables,
      routes: deployed ? routes : [],
      deployed,
      ...(deployment && deploymentTrouble(reading, deployment, apiId)),
      ...(settings ? { throttle: readThrottle(settings) } : {}),
      routeThrottles: Object.fromEntries(perRoute.map((one) => [one.required("route_key"), readThrottle(one)])),
      apiKeys: readApiKeys(reading, apiId, name),
      ...(accessLog ? { accessLog } : {}),
      executionLog,
      routeExecutionLogs: Object.fromEntries(
        perRoute.map((one) => [one.required("route_key"), readExecutionLog(one, executionLog.level)]),
      ),
    };
  });
}

/** A block sends both values: one that is left out is 0, and 0 allows nothing (aws facts §9.3). */
function readThrottle(settings: Fields): Throttle {
  return { burst: settings.number("throttling_burst_limit") ?? 0, rate: settings.number("throttling_rate_limit") ?? 0 };
}

function findDeployment(reading: Reading, fields: Fields, apiId: string): Fields | undefined {
  const id = fields.flag("auto_deploy") ? undefined : fields.text("deployment_id");
  if (id === undefined) return undefined;
  const deployment = reading.resources("aws_apigatewayv2_deployment").find((one) => one.required("id") === id);
  if (deployment?.required("api_id") !== apiId)
    fields.problem(`deployment_id ${JSON.stringify(id)} is no deployment of the stage's API`);
  return deployment;
}

/** A block sends its data trace always, as it does its throttles, and its level only if it has one: else `inherited` holds. */
function readExecutionLog(
  settings: Fields | undefined,
  inherited: ExecutionLogSettings["level"],
): ExecutionLogSettings {
  const dataTrace = settings?.flag("data_trace_enabled") ?? false;
  // A state has an empty text where no level was set.
  const level = settings?.text("logging_level") || inherited;
  if (level === "OFF" || level === "ERROR" || level === "INFO") return { level, dataTrace };
  settings?.problem(`logging_level is ${JSON.stringify(level)}; it is OFF, ERROR or INFO`);
  return { level: "OFF", dataTrace };
}

function readAccessLog(fields: Fields): Stage["accessLog"] {
  const settings = fields.block("access_log_settings");
  if (!settings) return undefined;
  const destination = settings.required("destination_arn");
  const [, group] = destination.match(/^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/) ?? [];
  if (group !== undefined) return { group, format: settings.required("format") };
  if (destination !== "")
    settings.problem(`destination_arn ${JSON.stringify(destination)} is not the ARN of a log group`);
  return undefined;
}
