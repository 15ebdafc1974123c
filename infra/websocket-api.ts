import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { literal } from "./terraform-text.ts";

/** The API itself, before it has routes or a stage: functions need its address, so it must not wait for them. */
export class WebSocketApi extends Construct {
  readonly resource: Apigatewayv2Api;
  /** Where the stage's @connections API answers: https, since the endpoint's own scheme is that of sockets. No reference to what comes after functions. */
  readonly managementUrl: string;
  readonly ipAddressType: StageConfig["api"]["ipAddressType"];
  readonly #stageName: string;

  constructor(scope: Construct, id: string, { api, stage, domain }: Pick<StageConfig, "api" | "stage" | "domain">) {
    super(scope, id);
    const onlyAt = domain?.defaultEndpoint === false ? domain.name : undefined;
    this.resource = new Apigatewayv2Api(this, "Resource", {
      name: literal(api.name),
      ...(api.description === "" ? {} : { description: literal(api.description) }),
      protocolType: "WEBSOCKET",
      routeSelectionExpression: literal(api.routeSelectionExpression),
      ipAddressType: api.ipAddressType,
      ...(onlyAt === undefined ? {} : { disableExecuteApiEndpoint: true }),
    });
    if (domain !== undefined && onlyAt === undefined)
      exempt(this.resource, { "api-one-name": "The stage file keeps API Gateway's own name open beside the domain." });
    this.ipAddressType = api.ipAddressType;
    this.#stageName = stage;
    // With its own name goes @connections there, too: 403 (aws facts §1.9). The domain leads to the stage, so its path has no stage.
    const ownUrl = `${Fn.replace(this.resource.apiEndpoint, "/^ws/", "http")}/${stage}`;
    this.managementUrl = onlyAt === undefined ? ownUrl : `https://${onlyAt}`;
  }

  /** What a route is called where permissions name it (aws facts §9.4). */
  routeArn(routeKey: string): string {
    return `${this.resource.executionArn}/${this.#stageName}/${literal(routeKey)}`;
  }

  grantManageConnections(grantee: LambdaFunction, methods: readonly string[]): void {
    if (methods.length === 0) return;
    grantee.allow({
      Sid: "ManageConnections",
      Action: ["execute-api:ManageConnections"],
      Resource: methods.map((method) => `${this.resource.executionArn}/${this.#stageName}/${method}/@connections/*`),
    });
  }
}
