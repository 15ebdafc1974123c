import { expect } from "chai";
import { gatewayProblems, gatewayWarnings } from "#local/websocket/stack-problems.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";

describe("what is not served", () => {
  it("is refused with place and reason, all at once", () => {
    const routes = [
      buildRoute("$connect", { authorizationType: "CUSTOM" }),
      buildRoute("ping", { twoWay: true, integration: { type: "MOCK" } }),
      { ...buildRoute("empty"), integration: undefined },
      buildRoute("lost"),
    ];
    const api = buildApi([buildStage(routes)], { routeSelectionExpression: "$request.header.x" });
    const problems = gatewayProblems(buildStack({ apis: [api], functions: [buildFunction("connect")] }));
    expect(problems).to.have.length(5);
    expect(problems[0]).to.include("aws_apigatewayv2_api.chat: route_selection_expression:");
    expect(problems[1]).to.include('stage "dev", route "$connect": not served yet: authorization_type "CUSTOM"');
    expect(problems[2]).to.include('route "ping": not served yet: a two-way route with a MOCK integration');
    expect(problems[3]).to.include('route "empty": has no integration');
    expect(problems[4]).to.include('invokes the function "lost", which the file does not define');
  });

  it("is nothing for a plain stack", () => {
    const stack = buildStack({
      apis: [buildApi([buildStage([buildRoute("one")])])],
      functions: [buildFunction("one")],
    });
    expect(gatewayProblems(stack)).to.deep.equal([]);
    expect(gatewayWarnings(stack)).to.deep.equal([]);
  });

  it("warns of throttles of 0 and of a stage without a deployment", () => {
    const blocked = { burst: 0, rate: 0 };
    const stage = buildStage([], { deployed: false, throttle: blocked, routeThrottles: { one: blocked } });
    const warnings = gatewayWarnings(buildStack({ apis: [buildApi([stage])] }));
    expect(warnings).to.have.length(3);
    expect(warnings.join()).to.match(/no deployment.*throttle of 0.*route "one"/);
  });
});
