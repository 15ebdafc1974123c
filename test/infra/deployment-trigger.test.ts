import { expect } from "chai";
import { Bundles, resource, synthesized } from "./synthesized.ts";

function trigger(change: object = {}, bundles = new Bundles()): string {
  const { triggers } = resource(synthesized(change, bundles), "aws_apigatewayv2_deployment.deployment");
  return (triggers as { snapshot: string }).snapshot;
}

describe("the deployment's trigger", () => {
  const before = trigger();

  const deployed = {
    "a new route": { routes: { joinRoom: { function: "message" } } },
    "a removed route": { routes: { sendMessage: null } },
    "a route that leads elsewhere": { routes: { sendMessage: { function: "connect" } } },
    "a route that no longer answers": { routes: { sendMessage: { twoWay: false } } },
    "another selection expression": { api: { routeSelectionExpression: "$request.body.type" } },
    "functions that swap their routes": {
      routes: { $connect: { function: "message" }, sendMessage: { function: "connect" } },
    },
  };
  for (const [what, change] of Object.entries(deployed)) {
    it(`changes with ${what}`, () => {
      expect(trigger(change)).not.to.equal(before);
    });
  }

  const takenAtOnce = {
    "another tag": { tags: { Owner: "me" } },
    "another throttle": { throttle: { burst: 1 }, routes: { sendMessage: { throttle: { burst: 1, rate: 1 } } } },
    "other logs": { logs: { level: "INFO", retentionDays: 30 } },
    "a stage variable": { stageVariables: { colour: "red" } },
    "the memory and variables of a function": {
      functions: { message: { memoryMb: 256, environment: { MOTD: "hi" } } },
    },
    "the name of the API": { api: { name: "other", description: "other" } },
    "safer tables": { tables: { pointInTimeRecovery: true } },
  };
  for (const [what, change] of Object.entries(takenAtOnce)) {
    it(`does not change with ${what}`, () => {
      expect(trigger(change)).to.equal(before);
    });
  }

  it("does not change with a function's code, which the alias moves to", () => {
    const bundles = new Bundles();
    bundles.build("message", "export const handler = async () => ({ statusCode: 418 });");
    expect(trigger({}, bundles)).to.equal(before);
  });

  it("does not change with the order in which routes are written", () => {
    const routes = { a: { function: "message" }, b: { function: "connect" } };
    const { a, b } = routes;
    expect(trigger({ routes: { b, a } })).to.equal(trigger({ routes: { a, b } }));
  });
});
