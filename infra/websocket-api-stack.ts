import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import type { Bundle } from "./bundle.ts";
import { Deployment } from "./deployment.ts";
import { functionEnvironment } from "./function-environment.ts";
import { Integration } from "./integration.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { Route } from "./route.ts";
import { routeId } from "./route-id.ts";
import { Stage } from "./stage.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { StageStack } from "./stage-stack.ts";
import { Tables } from "./tables.ts";
import { literals } from "./terraform-text.ts";
import { WebSocketApi } from "./websocket-api.ts";

/** A function's resource policy is limited to 20 KB (aws facts §10.2), and each permission takes 300 to 600 bytes of it. */
const MOST_PERMISSIONS = 30;

/** Functions by their names in the stage file. */
type Functions = ReadonlyMap<string, LambdaFunction>;
type Bundles = ReadonlyMap<string, Bundle>;

/** Everything of one stage: tables, API, functions, routes, logs. */
export class WebSocketApiStack extends StageStack {
  readonly #config: StageConfig;

  constructor(scope: Construct, id: string, config: StageConfig, bundles: Bundles) {
    super(scope, id, config);
    this.#config = config;
    const tables = new Tables(this, "tables", config);
    const api = new WebSocketApi(this, "api", config);
    const functions = this.#createFunctions(bundles, tables, api);
    this.#grantPermissions(bundles, functions, tables, api);
    const integrations = this.#createIntegrations(functions, api);
    const routes = this.#createRoutes(integrations, api);
    const permissions = this.#letRoutesInvoke(functions, api);
    const deployment = new Deployment(this, "deployment", { api, integrations: [...integrations.values()], routes });
    const stage = new Stage(this, "stage", { api, deployment, permissions, config });
    this.#createOutputs(stage, api, tables);
  }

  #createFunctions(bundles: Bundles, tables: Tables, api: WebSocketApi): Functions {
    const { stage, functions, logs } = this.#config;
    const group = new Construct(this, "functions");
    const ofStage = functionEnvironment(this.#config, tables, api);
    const created = Object.entries(functions).map(([name, config]): [string, LambdaFunction] => {
      const props = {
        name: `websocket-api-${stage}-${name}`,
        config,
        bundle: bundleOf(name, config, bundles),
        environment: { ...literals(config.environment), ...ofStage },
        retentionDays: logs.retentionDays,
      };
      return [name, new LambdaFunction(group, name, props)];
    });
    return new Map(created);
  }

  #grantPermissions(bundles: Bundles, functions: Functions, tables: Tables, api: WebSocketApi): void {
    for (const [name, grantee] of functions) {
      const { permissions } = bundleOf(name, this.#config.functions[name], bundles);
      tables.grant(grantee, permissions.tables);
      api.grantManageConnections(grantee, permissions.manageConnections);
    }
  }

  /** One for each function, shared by its routes. */
  #createIntegrations(functions: Functions, api: WebSocketApi): ReadonlyMap<string, Integration> {
    const group = new Construct(this, "integrations");
    return new Map([...functions].map(([name, target]) => [name, new Integration(group, name, api, target)]));
  }

  #createRoutes(integrations: ReadonlyMap<string, Integration>, api: WebSocketApi): Route[] {
    const group = new Construct(this, "routes");
    return Object.entries(this.#config.routes).map(([key, { function: name, twoWay }]) => {
      const integration = known(integrations, name);
      return new Route(group, routeId(key), { api, key, integration, twoWay });
    });
  }

  #letRoutesInvoke(functions: Functions, api: WebSocketApi): LambdaPermission[] {
    const routes = Object.entries(this.#config.routes);
    return [...functions].flatMap(([name, target]) => {
      const keys = routes.filter(([, route]) => route.function === name).map(([key]) => key);
      if (keys.length > MOST_PERMISSIONS) return [target.grantInvoke("any-route", api.routeArn("*"))];
      return keys.map((key) => target.grantInvoke(routeId(key), api.routeArn(key)));
    });
  }

  #createOutputs(stage: Stage, api: WebSocketApi, tables: Tables): void {
    const output = (id: string, description: string, value: string) =>
      new TerraformOutput(this, id, { description, value });
    output("webSocketUrl", "Where clients connect.", stage.resource.invokeUrl);
    output("managementUrl", "Where frames are posted to connections.", api.managementUrl);
    output("connectionsTable", "Who is connected.", tables.nameOf("connections"));
    output("membershipsTable", "Who is in which room.", tables.nameOf("memberships"));
    output("messagesTable", "What was said.", tables.nameOf("messages"));
  }
}

function bundleOf(
  name: string,
  config: { readonly bundle?: string | undefined } | undefined,
  bundles: Bundles,
): Bundle {
  return known(bundles, config?.bundle ?? name);
}

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`"${name}" was not created: the stage was not checked before`);
  return found;
}
