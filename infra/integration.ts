import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "./lambda-function.ts";
import type { WebSocketApi } from "./websocket-api.ts";

/** The longest API Gateway waits (aws facts §5.1). The function's own timeout comes first, so that its log says what happened. */
const TIMEOUT_MS = 29_000;

/** Hands the events of the routes that target it to one function, as they are. */
export class Integration extends Construct {
  readonly resource: Apigatewayv2Integration;

  constructor(scope: Construct, id: string, api: WebSocketApi, target: LambdaFunction) {
    super(scope, id);
    this.resource = new Apigatewayv2Integration(this, "Resource", {
      apiId: api.resource.id,
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: target.alias.invokeArn,
      timeoutMilliseconds: TIMEOUT_MS,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
