import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { StackError } from "#local/terraform/stack-error.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { type Editable, set, where } from "./edited-fixture.ts";

const visitors = join(import.meta.dirname, "../../fixtures/terraform/visitors");

describe("terraform show -json", () => {
  const directory = new TestDirectory();
  after(() => directory.remove());

  /** The plan or state with something changed in it. */
  async function shown(
    file: "plan.json" | "state.json",
    edit: (json: Editable) => void,
    folder = "without-sources",
  ): Promise<Stack> {
    const json = JSON.parse(readFileSync(join(visitors, file), "utf8"));
    edit(json);
    const zips = Object.fromEntries(
      ["connect.zip", "message.zip"].map((name) => [name, readFileSync(join(visitors, "build", name))]),
    );
    directory.write(join(folder, "build"), zips);
    const target = directory.write(folder, { [file]: JSON.stringify(json) });
    return await readStack(join(target, file), where);
  }

  async function problemsOf(work: Promise<Stack>): Promise<readonly string[]> {
    const error = await work.then(
      () => expect.fail("it was served"),
      (thrown: unknown) => thrown,
    );
    if (error instanceof StackError) return error.problems;
    throw error;
  }

  const list = (of: Editable | undefined): Editable[] => of as unknown as Editable[];
  const resource = (
    json: Editable,
    ...[address, place = json.configuration?.root_module]: [string, Editable?]
  ): Editable => list(place?.resources).find((one) => String(one.address) === address) as Editable;
  const change = (json: Editable, address: string): Editable =>
    list(json.resource_changes).find((one) => String(one.address) === address)?.change as Editable;

  describe("of a plan", () => {
    let stack: Stack;

    before(async () => {
      stack = await shown("plan.json", () => {});
    });

    it("finds what an instance refers to by its key, through modules and their outputs", () => {
      const routes = stack.apis[0]?.stages[0]?.routes.map(({ key, integration, twoWay }) => ({
        key,
        functionName: integration?.functionName,
        twoWay,
      }));
      expect(routes).to.deep.equal([
        { key: "$connect", functionName: "connect-test", twoWay: false },
        { key: "$default", functionName: "message-test", twoWay: true },
      ]);
      expect(stack.functions.map(({ name, role }) => [name, role?.name])).to.deep.equal([
        ["connect-test", "connect-test"],
        ["message-test", "message-test"],
      ]);
    });

    it("takes text that looks like a template for text", () => {
      expect(stack.apis[0]?.routeSelectionExpression).to.equal("${request.body.action}");
    });

    it("keeps to policies that are aws_iam_policy_document, with what they refer to", () => {
      const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/visitors-test";
      expect(stack.roles[0]?.policies[0]?.statements[0]).to.deep.equal({
        effect: "Allow",
        actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
        resources: [table, `${table}/*`],
      });
      expect(stack.notServed).to.deep.equal([]);
    });

    it("takes region, names, throttles and outputs from it", () => {
      expect(stack.region).to.equal("eu-west-1");
      expect(stack.outputs).to.deep.equal({ url: "ws://127.0.0.1:3001/test" });
      expect(stack.apis[0]?.stages[0]).to.deep.include({
        throttle: { burst: 100, rate: 200 },
        accessLog: { group: "/chat/test/access", format: "$context.requestId $context.routeKey $context.status" },
      });
      expect(stack.tables[0]).to.include({ name: "visitors-test", ttlAttribute: "expires" });
    });

    it("lets a policy whose text is not known do everything with what it refers to, and says so", async () => {
      const { roles, notServed } = await shown("plan.json", (json) => {
        const handler = json.configuration?.root_module?.module_calls?.handler;
        const references = ["aws_dynamodb_table.visitors.arn", "aws_dynamodb_table.visitors"];
        set(handler?.expressions, { policy: { references } });
      });
      expect(roles[0]?.policies[0]?.statements[0])
        .to.include({ effect: "Allow" })
        .and.to.deep.include({
          actions: ["*"],
          resources: [
            "arn:aws:dynamodb:eu-west-1:000000000000:table/visitors-test",
            "arn:aws:dynamodb:eu-west-1:000000000000:table/visitors-test/*",
          ],
        });
      expect(notServed[0]).to.match(
        /^module\.handler\["connect"\]\.aws_iam_role_policy\.this \(the plan does not have its text yet: it allows every action on aws_dynamodb_table\.visitors;/,
      );
    });

    it("evaluates what is not known, when the configuration is JSON and the plan so has its text", async () => {
      const { apis } = await shown("plan.json", (json) => {
        set(change(json, "aws_apigatewayv2_stage.test").after_unknown, { stage_variables: true });
        const constant_value = { from: "${upper(var.stage)} of ${aws_apigatewayv2_api.chat.name}" };
        const references = ["var.stage", "aws_apigatewayv2_api.chat.name", "aws_apigatewayv2_api.chat"];
        set(resource(json, "aws_apigatewayv2_stage.test").expressions, {
          stage_variables: { constant_value, references },
        });
      });
      expect(apis[0]?.stages[0]?.variables).to.deep.equal({ from: "TEST of chat-test" });
    });

    it("finds what a custom domain is mapped to", async () => {
      const planned = (type: string, values: object, after_unknown: object, expressions: object) => {
        const block = { address: `${type}.ws`, mode: "managed", type, name: "ws" };
        return {
          planned: { ...block, values },
          changed: { ...block, change: { after_unknown } },
          configured: { ...block, expressions },
        };
      };
      const refersTo = (address: string, attribute: string) => ({ references: [`${address}.${attribute}`, address] });
      const configuration = {
        certificate_arn: "arn:aws:acm:eu-west-1:000000000000:certificate/a",
        endpoint_type: "REGIONAL",
      };
      const domain = "aws_apigatewayv2_domain_name.ws";
      const blocks = [
        planned(
          "aws_apigatewayv2_domain_name",
          { domain_name: "ws.example.com", domain_name_configuration: [configuration], mutual_tls_authentication: [] },
          { id: true, arn: true, domain_name_configuration: [{ target_domain_name: true, hosted_zone_id: true }] },
          { domain_name: { constant_value: "ws.example.com" }, domain_name_configuration: [{}] },
        ),
        planned(
          "aws_apigatewayv2_api_mapping",
          { api_mapping_key: null },
          { id: true, api_id: true, domain_name: true, stage: true },
          {
            api_id: refersTo("aws_apigatewayv2_api.chat", "id"),
            domain_name: refersTo(domain, "id"),
            stage: refersTo("aws_apigatewayv2_stage.test", "id"),
          },
        ),
      ];
      const { domains, apis } = await shown("plan.json", (json) => {
        const root = json.configuration?.root_module;
        list(json.planned_values?.root_module?.resources).push(
          ...blocks.map(({ planned: one }) => one as unknown as Editable),
        );
        list(json.resource_changes).push(...blocks.map(({ changed }) => changed as unknown as Editable));
        list(root?.resources).push(...blocks.map(({ configured }) => configured as unknown as Editable));
      });
      const mappings = [{ key: "", apiId: apis[0]?.id, stage: "test" }];
      expect(domains).to.deep.equal([{ address: domain, name: "ws.example.com", mappings }]);
    });

    it("refuses an environment it cannot know, naming what it is made of and what to give instead", async () => {
      const address = 'module.handler["message"].aws_lambda_function.this';
      const problems = await problemsOf(
        shown("plan.json", (json) => {
          set(change(json, address).after_unknown, { environment: [{ variables: true }] });
          const handler = json.configuration?.root_module?.module_calls?.handler;
          const references = ["aws_apigatewayv2_api.chat.api_endpoint", "aws_apigatewayv2_api.chat", "var.stage"];
          set(handler?.expressions, { environment: { references } });
          const module = list(json.planned_values?.root_module?.child_modules)[1];
          set(list(resource(json, address, module).values?.environment)[0], { variables: undefined });
        }),
      );
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(
        /^module\.handler\["message"\]\.aws_lambda_function\.this: environment\[0\]\.variables: the plan does not know it before apply, and does not say how it is made of aws_apigatewayv2_api\.chat\.api_endpoint; keep the plan beside the \*\.tf files it was made of, or serve the state/,
      );
    });

    it("refuses a reference that could mean several", async () => {
      const problems = await problemsOf(
        shown("plan.json", (json) => {
          for (const route of list(json.planned_values?.root_module?.resources)) {
            if (String(route.address).startsWith("aws_apigatewayv2_integration."))
              set(route, { index: `${route.index}-x` });
          }
        }),
      );
      const [integration, route] = ["aws_apigatewayv2_integration.handler", "aws_apigatewayv2_route.route"];
      expect(problems.map((problem) => problem.split(": the plan")[0])).to.have.members([
        `${integration}["connect"]: integration_uri`,
        `${integration}["message"]: integration_uri`,
        `${route}["connect"]: target`,
        `${route}["message"]: target`,
      ]);
    });

    it("makes up names that something random is part of, one for each", async () => {
      const { functions } = await shown("plan.json", (json) => {
        for (const [at, key] of ["connect", "message"].entries()) {
          const address = `module.handler["${key}"].aws_lambda_function.this`;
          set(change(json, address).after_unknown, { function_name: true });
          const module = list(json.planned_values?.root_module?.child_modules)[at];
          set(resource(json, address, module).values, { function_name: undefined });
        }
      });
      expect(new Set(functions.map(({ name }) => name)).size).to.equal(2);
      for (const { name } of functions) expect(name).to.match(/^this-[a-z0-9]{6}$/);
    });

    it("knows a stage without settings by the configuration, unless they stay from before", async () => {
      const throttleWith = async (limits: object): Promise<unknown> => {
        const { apis } = await shown("plan.json", (json) => {
          delete resource(json, "aws_apigatewayv2_stage.test").expressions?.default_route_settings;
          set(change(json, "aws_apigatewayv2_stage.test").after_unknown, { default_route_settings: [] });
          const { values } = resource(json, "aws_apigatewayv2_stage.test", json.planned_values?.root_module);
          set(list(values?.default_route_settings)[0], limits);
        });
        return apis[0]?.stages[0]?.throttle;
      };
      expect(await throttleWith({ throttling_burst_limit: 0, throttling_rate_limit: 0 })).to.equal(undefined);
      expect(await throttleWith({})).to.deep.equal({ burst: 100, rate: 200 });
    });

    it("says nothing of dynamic blocks, which is an error where it matters", async () => {
      const address = 'module.handler["message"].aws_lambda_function.this';
      const problems = await problemsOf(
        shown("plan.json", (json) => {
          set(change(json, address).after_unknown, { environment: [{ variables: true }] });
          const handler = json.configuration?.root_module?.module_calls?.handler?.module;
          delete list(handler?.resources).find(({ type }) => String(type) === "aws_lambda_function")?.expressions
            ?.environment;
          const module = list(json.planned_values?.root_module?.child_modules)[1];
          set(list(resource(json, address, module).values?.environment)[0], { variables: undefined });
        }),
      );
      expect(problems).to.have.length(1);
      expect(problems[0]).to.include(
        `${address}: environment[0].variables: the plan does not know it before apply, and says nothing of what is in a dynamic block; keep the plan beside`,
      );
    });

    it("is refused when it ended with errors", async () => {
      expect(await problemsOf(shown("plan.json", (json) => set(json, { errored: true })))).to.deep.equal([
        "this plan ended with errors, so it is not complete",
      ]);
    });
  });

  describe("of a plan beside its *.tf files", () => {
    const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/visitors-test";

    it("has the expressions that the plan leaves out", async () => {
      const { roles, notServed, apis, functions } = await readStack(join(visitors, "plan.json"), where);
      // Terraform sorts a set, the file beside the plan does not: either may be what was read.
      const statements = roles[1]?.policies[0]?.statements.map((one) => ({
        ...one,
        actions: [...(one.actions ?? [])].sort(),
      }));
      expect(statements).to.deep.equal([
        { effect: "Allow", actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [table] },
        {
          effect: "Allow",
          actions: ["execute-api:ManageConnections"],
          resources: [`arn:aws:execute-api:eu-west-1:000000000000:${apis[0]?.id}/*`],
        },
      ]);
      expect(functions[0]?.permissions[0]?.sourceArn).to.match(/\/\*\/\*$/);
      expect(notServed).to.deep.equal([]);
    });

    it("knows an environment through module variables, each.key, locals and jsonencode", async () => {
      const endpoint = '"${replace(aws_apigatewayv2_api.chat.api_endpoint, "wss://", "https://")}/${var.stage}"';
      const main = readFileSync(join(visitors, "main.tf"), "utf8").replace(
        "environment       = { TABLE = aws_dynamodb_table.visitors.name }",
        `environment = {
          # Of the module's own key
          TABLE    = aws_dynamodb_table.visitors.name
          ENDPOINT = ${endpoint}
          HANDLER  = "\${each.key} is \${local.handlers[each.key].entry}"
          POLICY   = jsonencode({ table = aws_dynamodb_table.visitors.arn })
          TEXT     = <<-EOT
            first "quoted" \${join("-", ["a", "b"])}
              second
          EOT
        }`,
      );
      const module = readFileSync(join(visitors, "modules", "handler", "main.tf"), "utf8");
      directory.write("with-sources/modules/handler", { "main.tf": module });
      directory.write("with-sources", { "main.tf": main });
      const { functions } = await shown(
        "plan.json",
        (json) => {
          const address = 'module.handler["message"].aws_lambda_function.this';
          set(change(json, address).after_unknown, { environment: [{ variables: true }] });
          const inModule = list(json.planned_values?.root_module?.child_modules)[1];
          set(list(resource(json, address, inModule).values?.environment)[0], { variables: undefined });
        },
        "with-sources",
      );
      expect(functions[1]?.environment).to.deep.equal({
        TABLE: "visitors-test",
        ENDPOINT: "http://127.0.0.1:3001/test",
        HANDLER: "message is app.handler",
        POLICY: JSON.stringify({ table }),
        TEXT: 'first "quoted" a-b\n  second\n',
      });
    });
  });

  describe("of a state", () => {
    it("has the stage variables of an integration's URI as they are written", async () => {
      const stack = await shown("state.json", (json) => {
        const root = json.values?.root_module;
        const values = (address: string) => resource(json, address, root).values;
        const handler = values('aws_apigatewayv2_integration.handler["message"]');
        const uri = String(handler?.integration_uri).replace("message-test", "${stageVariables.fn}");
        set(handler, { integration_uri: uri });
        set(values("aws_apigatewayv2_stage.test"), { stage_variables: { fn: "connect-test" } });
      });
      const routes = stack.apis[0]?.stages[0]?.routes.map(({ key, integration }) => [key, integration?.functionName]);
      expect(routes).to.deep.equal([
        ["$connect", "connect-test"],
        ["$default", "connect-test"],
      ]);
    });

    it("has the ids, ARNs and policies of AWS", async () => {
      const stack = await readStack(join(visitors, "state.json"), where);
      const [api] = stack.apis;
      expect(stack).to.include({ region: "eu-west-1", accountId: "123456789012" });
      expect(stack.outputs).to.deep.equal({ url: "ws://127.0.0.1:3001/test" });
      expect(stack.roles[0]?.policies[0]?.statements[1]?.resources).to.deep.equal([
        `arn:aws:execute-api:eu-west-1:123456789012:${api?.id}/*`,
      ]);
      expect(api?.stages[0]?.routes.map(({ key }) => key)).to.deep.equal(["$connect", "$default"]);
      expect(stack.notServed).to.deep.equal([]);
    });

    it("takes settings of noughts for a stage without any, but not with a log level: that is the trap", async () => {
      const throttleWith = async (level: string): Promise<unknown> => {
        const { apis } = await shown("state.json", (json) => {
          const { values } = resource(json, "aws_apigatewayv2_stage.test", json.values?.root_module);
          set(list(values?.default_route_settings)[0], {
            logging_level: level,
            throttling_burst_limit: 0,
            throttling_rate_limit: 0,
          });
        });
        return apis[0]?.stages[0]?.throttle;
      };
      expect(await throttleWith("")).to.equal(undefined);
      expect(await throttleWith("ERROR")).to.deep.equal({ burst: 0, rate: 0 });
    });
  });
});
