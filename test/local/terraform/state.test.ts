import { join } from "node:path";
import { expect } from "chai";
import { readStack } from "#local/terraform/read-stack.ts";
import { set, where } from "./edited-fixture.ts";
import { list, resource, useShownStacks, visitors } from "./shown-stacks.ts";

describe("terraform show -json of a state", () => {
  const { shown } = useShownStacks();

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
