import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route/index.js";
import { Apigatewayv2RouteResponse } from "@cdktf/provider-aws/lib/apigatewayv2-route-response/index.js";
import { Construct } from "constructs";
import type { Authorizer } from "./authorizer.ts";
import { exempt } from "./checks/exempt.ts";
import type { Integration } from "./integration.ts";
import { literal } from "./terraform-text.ts";
import type { WebSocketApi } from "./websocket-api.ts";

export interface RouteProps {
  readonly api: WebSocketApi;
  readonly key: string;
  readonly integration: Integration;
  readonly twoWay: boolean;
  /** Of $connect only: API Gateway asks nowhere else (aws facts §1.6). */
  readonly authorizer?: Authorizer | undefined;
}

const OPEN = "The stage names no authorizer: whoever has its address may connect.";
const CONNECTED = "API Gateway asks at $connect only; whoever has a connection was let in there.";

/** A route key and where it leads. A two-way route needs two settings, of which one alone does nothing (aws facts §3.4). */
export class Route extends Construct {
  readonly resource: Apigatewayv2Route;
  readonly response: Apigatewayv2RouteResponse | undefined;

  constructor(scope: Construct, id: string, { api, key, integration, twoWay, authorizer }: RouteProps) {
    super(scope, id);
    this.resource = new Apigatewayv2Route(this, "Resource", {
      apiId: api.resource.id,
      routeKey: literal(key),
      target: `integrations/${integration.resource.id}`,
      ...(authorizer === undefined
        ? { authorizationType: "NONE" }
        : { authorizationType: "CUSTOM", authorizerId: authorizer.resource.id }),
      ...(twoWay ? { routeResponseSelectionExpression: "$default" } : {}),
    });
    if (authorizer === undefined) exempt(this.resource, { "route-authorized": key === "$connect" ? OPEN : CONNECTED });
    this.response = twoWay ? this.#createResponse(api) : undefined;
  }

  #createResponse(api: WebSocketApi): Apigatewayv2RouteResponse {
    return new Apigatewayv2RouteResponse(this, "response", {
      apiId: api.resource.id,
      routeId: this.resource.id,
      routeResponseKey: "$default",
    });
  }
}
