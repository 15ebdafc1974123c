import type { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission/index.js";
import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { Account } from "./account.ts";
import { authEnvironment } from "./auth-environment.ts";
import { Authorizer } from "./authorizer.ts";
import type { Bundle } from "./bundle.ts";
import { CustomDomain } from "./custom-domain.ts";
import { CustomerKey } from "./customer-key.ts";
import { Deployment } from "./deployment.ts";
import { functionEnvironment } from "./function-environment.ts";
import { Integration } from "./integration.ts";
import { grantInvocations, invocationEnvironment, invokedBy } from "./invocations.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { createMonitoring } from "./monitoring.ts";
import { Route } from "./route.ts";
import { routeId } from "./route-id.ts";
import { grantSecrets } from "./secrets.ts";
import { Stage } from "./stage.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { StageStack } from "./stage-stack.ts";
import { Tables } from "./tables.ts";
import { literals } from "./terraform-text.ts";
import { UserPool } from "./user-pool.ts";
import { WebClient } from "./web-client.ts";
import type { WebFile } from "./web-files.ts";
import { originOf, signInConfig } from "./web-sign-in.ts";
import { WebSocketApi } from "./websocket-api.ts";

/** A function's resource policy is limited to 20 KB (aws facts §10.2), and each permission takes 300 to 600 bytes of it. */
const MOST_PERMISSIONS = 30;

/** What was built, and goes into the stack. */
export interface Built {
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** Empty for a stage without a page. */
  readonly webFiles: readonly WebFile[];
}

/** Functions by their names in the stage file. */
type Functions = ReadonlyMap<string, LambdaFunction>;

/** Everything of one stage: tables, API, functions, routes, logs, what watches over them, and the page. */
export class WebSocketApiStack extends StageStack {
  readonly #config: StageConfig;
  readonly #built: Built;
  readonly #account: Account;
  readonly #key: CustomerKey | undefined;
  readonly #users: UserPool | undefined;

  constructor(scope: Construct, id: string, config: StageConfig, built: Built) {
    super(scope, id, config);
    this.#config = config;
    this.#built = built;
    this.#account = new Account(this, "account");
    this.#key = this.#createKey();
    this.#users = this.#createUserPool();
    const tables = new Tables(this, "tables", config, this.#key);
    const api = new WebSocketApi(this, "api", config);
    const functions = this.#createFunctions(tables, api);
    this.#grantPermissions(functions, tables, api);
    const stage = this.#createStage(functions, api);
    createMonitoring(this, { stage, functions, config, account: this.#account, key: this.#key });
    const url = this.#createDomain(api, stage) ?? stage.resource.invokeUrl;
    this.#createOutputs(url, api, tables);
    this.#createWebClient(url, api);
  }

  #createKey(): CustomerKey | undefined {
    const { customerKey, stage, aws } = this.#config;
    if (customerKey === undefined) return undefined;
    return new CustomerKey(this, "key", { stage, region: aws.region, account: this.#account, ...customerKey });
  }

  #createFunctions(tables: Tables, api: WebSocketApi): Functions {
    const { stage, functions, logs, savedQueries } = this.#config;
    const group = new Construct(this, "functions");
    const ofStage = {
      ...functionEnvironment(this.#config, tables, api),
      ...authEnvironment(this.#config, this.#users),
    };
    const created = Object.entries(functions).map(([name, config]): [string, LambdaFunction] => {
      const ofOthers = invocationEnvironment(this.#invokedBy(name), this.#config);
      const props = {
        name: `websocket-api-${stage}-${name}`,
        config,
        bundle: this.#bundleOf(name),
        environment: { ...literals(config.environment), ...ofStage, ...ofOthers },
        retentionDays: logs.retentionDays,
        // one of the queries asks for them
        reports: savedQueries,
        key: this.#key,
      };
      return [name, new LambdaFunction(group, name, props)];
    });
    return new Map(created);
  }

  #createUserPool(): UserPool | undefined {
    const { auth, stage, tables, aws } = this.#config;
    if (auth.mode !== "jwt" || auth.create !== "cognito") return undefined;
    const { deletionProtection } = tables;
    return new UserPool(this, "users", { stage, region: aws.region, account: this.#account, deletionProtection });
  }

  #grantPermissions(functions: Functions, tables: Tables, api: WebSocketApi): void {
    for (const [name, grantee] of functions) {
      const { permissions } = this.#bundleOf(name);
      tables.grant(grantee, permissions.tables);
      api.grantManageConnections(grantee, permissions.manageConnections);
      grantInvocations(grantee, permissions.invoke, this.#config, this.#account);
      grantSecrets(grantee, name, this.#config, this.#account);
    }
  }

  #createStage(functions: Functions, api: WebSocketApi): Stage {
    const integrations = this.#createIntegrations(functions, api);
    const authorizer = this.#createAuthorizer(functions, api);
    const routes = this.#createRoutes(integrations, api, authorizer);
    const permissions = this.#letRoutesInvoke(functions, api);
    const parts = { api, integrations: [...integrations.values()], routes, authorizer };
    const deployment = new Deployment(this, "deployment", parts);
    const invoked = [...functions.keys()].flatMap((name) => this.#invokedBy(name));
    const aliases = [...new Set(invoked)].map((name) => known(functions, name).alias);
    const after = [...permissions, ...aliases, ...(authorizer === undefined ? [] : [authorizer.permission])];
    return new Stage(this, "stage", { api, deployment, after, config: this.#config, key: this.#key });
  }

  #createAuthorizer(functions: Functions, api: WebSocketApi): Authorizer | undefined {
    const { auth, stage } = this.#config;
    if (auth.mode === "none") return undefined;
    return new Authorizer(this, "authorizer", { api, name: stage, target: known(functions, auth.function) });
  }

  /** One for each function that a route leads to, shared by its routes. */
  #createIntegrations(functions: Functions, api: WebSocketApi): ReadonlyMap<string, Integration> {
    const group = new Construct(this, "integrations");
    const routed = new Set(Object.values(this.#config.routes).map((route) => route.function));
    const targets = [...functions].filter(([name]) => routed.has(name));
    return new Map(targets.map(([name, target]) => [name, new Integration(group, name, api, target)]));
  }

  #createRoutes(
    integrations: ReadonlyMap<string, Integration>,
    api: WebSocketApi,
    authorizer: Authorizer | undefined,
  ): Route[] {
    const group = new Construct(this, "routes");
    return Object.entries(this.#config.routes).map(([key, { function: name, twoWay }]) => {
      const integration = known(integrations, name);
      const props = { api, key, integration, twoWay, authorizer: key === "$connect" ? authorizer : undefined };
      return new Route(group, routeId(key), props);
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

  #createDomain(api: WebSocketApi, stage: Stage): string | undefined {
    const { domain } = this.#config;
    return domain && new CustomDomain(this, "domain", { domain, api, stage }).url;
  }

  #createWebClient(webSocketUrl: string, api: WebSocketApi): void {
    const { web, stage, domain } = this.#config;
    if (web === undefined) return;
    const apiOrigin = domain === undefined ? api.resource.apiEndpoint : webSocketUrl;
    const signIn = signInConfig(this.#config, this.#users ?? this.#config.auth);
    const origins = this.#users?.origins ?? [...(signIn ? [originOf(signIn.issuer)] : []), ...web.signIn.origins];
    const place = { webSocketUrl, signIn, origins: [...new Set([apiOrigin, ...origins])] };
    const { url } = new WebClient(this, "web", {
      stage,
      account: this.#account,
      web,
      files: this.#built.webFiles,
      ...place,
    });
    if (signIn !== undefined) this.#users?.letSignIn({ page: `${url}/`, scopes: signIn.scopes });
    new TerraformOutput(this, "webUrl", { description: "Where people open the chat page.", value: url });
  }

  #createOutputs(url: string, api: WebSocketApi, tables: Tables): void {
    const output = (id: string, description: string, value: string) =>
      new TerraformOutput(this, id, { description, value });
    output("webSocketUrl", "Where clients connect.", url);
    output("managementUrl", "Where frames are posted to connections.", api.managementUrl);
    output("connectionsTable", "Who is connected.", tables.nameOf("connections"));
    output("membershipsTable", "Who is in which room.", tables.nameOf("memberships"));
    output("messagesTable", "What was said.", tables.nameOf("messages"));
  }

  #invokedBy(name: string): readonly string[] {
    return invokedBy(name, this.#config, this.#built.bundles);
  }

  #bundleOf(name: string): Bundle {
    return known(this.#built.bundles, this.#config.functions[name]?.bundle ?? name);
  }
}

function known<T>(map: ReadonlyMap<string, T>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`"${name}" was not created: the stage was not checked before`);
  return found;
}
