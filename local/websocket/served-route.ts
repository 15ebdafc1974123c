// A route with everything that can be known before its first request.

import type { Clock } from "#local/clock.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { Invoker } from "#local/lambda/invoker.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { MockTemplates, Route, Stack, Stage } from "#local/stack.ts";
import { type ApiKeyUsage, apiKeyCheck, type CheckApiKey } from "./api-keys.ts";
import type { Authorize } from "./authorization.ts";
import { type ExecutionLog, type ExecutionLogs, logged } from "./execution-log.ts";
import { iamAuthorizer } from "./iam-authorizer.ts";
import { type CallIntegration, callFunction } from "./integration.ts";
import { lambdaAuthorizer } from "./lambda-authorizer.ts";
import type { GatewayLimits } from "./limits.ts";
import { type FunctionTarget, findFunction, mayCall } from "./may-call.ts";
import { mockIntegration } from "./mock-integration.ts";
import { compileModels, type ValidateMessage } from "./model-validation.ts";
import { type TokenBucket, tokenBucket } from "./throttle.ts";

export interface ServedRoute {
  readonly key: string;
  readonly twoWay: boolean;
  readonly bucket: TokenBucket;
  /** undefined: everybody may. */
  readonly authorize: Authorize | undefined;
  /** undefined: no API key is asked for. */
  readonly checkApiKey: CheckApiKey | undefined;
  /** undefined: whatever comes is right. */
  readonly validate: ValidateMessage | undefined;
  readonly call: CallIntegration;
}

export interface StageParts {
  readonly stack: Stack;
  readonly invoker: Invoker;
  readonly logs: LogStore;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  readonly credentials: Credentials;
  readonly apiKeyUsage: ApiKeyUsage;
}

const noTemplates: MockTemplates = { requestTemplates: {}, passthrough: "WHEN_NO_MATCH", responses: [] };

interface OfStage extends StageParts {
  /** `arn:aws:execute-api:<region>:<account>:<api>` */
  readonly apiArn: string;
  readonly stage: Stage;
}

interface Served extends OfStage {
  readonly log: ExecutionLog | undefined;
}

export function serveRoute(route: Route, { logOf, ...of }: OfStage & { readonly logOf: ExecutionLogs }): ServedRoute {
  const served = { ...of, log: logOf(route.key) };
  const { stage, clock } = served;
  return {
    key: route.key,
    twoWay: route.twoWay,
    bucket: tokenBucket(stage.routeThrottles[route.key] ?? stage.throttle, clock),
    authorize: authorizeOf(route, served),
    checkApiKey: route.apiKeyRequired ? apiKeyCheck(stage.apiKeys, served.apiKeyUsage) : undefined,
    validate: route.models && compileModels(route.models),
    call: integrationCall(route, served),
  };
}

function integrationCall({ key, integration }: Route, served: Served): CallIntegration {
  if (integration?.type === "MOCK") return mockIntegration(integration.mock ?? noTemplates, served.log);
  return lambdaCall(integration ?? {}, `${served.apiArn}/${served.stage.name}/${key}`, served);
}

function authorizeOf({ authorizationType, authorizer }: Route, served: Served): Authorize | undefined {
  const { apiArn, credentials, stack, log } = served;
  if (authorizationType === "CUSTOM" && authorizer) {
    return lambdaAuthorizer(authorizer, lambdaCall(authorizer, `${apiArn}/authorizers/${authorizer.id}`, served), log);
  }
  if (authorizationType === "NONE" || !credentials.enforced) return undefined;
  return iamAuthorizer({ credentials, region: stack.region, accountId: stack.accountId });
}

function lambdaCall(
  target: FunctionTarget & { readonly timeoutMs?: number },
  sourceArn: string,
  { stack, invoker, clock, limits, credentials, log }: Served,
): CallIntegration {
  const found = findFunction(stack, target);
  const call = callFunction({
    invoker,
    clock,
    functionName: found?.name ?? "",
    qualifier: target.qualifier,
    timeoutMs: Math.min(target.timeoutMs ?? limits.integrationMs, limits.integrationMs),
    permitted: found !== undefined && (!credentials.enforced || mayCall(stack, target, sourceArn)),
  });
  return logged(
    call,
    log,
    `https://lambda.${stack.region}.amazonaws.com/2015-03-31/functions/${found?.arn}/invocations`,
  );
}
