import { Apigatewayv2Authorizer } from "@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { Construct } from "constructs";
import type { LambdaFunction } from "./lambda-function.ts";
import type { WebSocketApi } from "./websocket-api.ts";

export interface AuthorizerProps {
  readonly api: WebSocketApi;
  readonly target: LambdaFunction;
  /** Of the stage: a name of its own within the API. */
  readonly name: string;
}

/**
 * Asks a function at each handshake whether it may go on; API Gateway keeps no answer for WebSocket APIs. It names no identity source:
 * of several all would have to be there, and a token comes in one of two places (aws facts §1.6). So handshakes without a token reach the
 * function, too, which refuses them.
 */
export class Authorizer extends Construct {
  readonly resource: Apigatewayv2Authorizer;
  readonly permission: LambdaPermission;

  constructor(scope: Construct, id: string, { api, target, name }: AuthorizerProps) {
    super(scope, id);
    this.resource = new Apigatewayv2Authorizer(this, "Resource", {
      apiId: api.resource.id,
      name,
      authorizerType: "REQUEST",
      authorizerUri: target.alias.invokeArn,
    });
    this.permission = new LambdaPermission(this, "invoke", {
      statementId: "Authorizer",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      functionName: target.functionName,
      qualifier: target.alias.name,
      sourceArn: `${api.resource.executionArn}/authorizers/${this.resource.id}`,
    });
  }
}
