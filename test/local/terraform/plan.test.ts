import { expect } from "chai";
import type { Stack } from "#local/stack.ts";
import { StackError } from "#local/terraform/stack-error.ts";
import { type Editable, set } from "./edited-fixture.ts";
import { change, list, resource, useShownStacks } from "./shown-stacks.ts";

describe("terraform show -json of a plan", () => {
  const { shown } = useShownStacks();
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

async function problemsOf(work: Promise<Stack>): Promise<readonly string[]> {
  const error = await work.then(
    () => expect.fail("it was served"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof StackError) return error.problems;
  throw error;
}
