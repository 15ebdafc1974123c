import { expect } from "chai";
import { resource, synthesized } from "./synthesized.ts";

describe("the stack of a stage", () => {
  const plain = synthesized();

  describe("has an API", () => {
    it("that selects routes as the stage says", () => {
      expect(resource(plain, "aws_apigatewayv2_api.api")).to.deep.equal({
        name: "chat",
        protocol_type: "WEBSOCKET",
        route_selection_expression: "$request.body.action",
        ip_address_type: "ipv4",
      });
    });

    it("whose texts Terraform does not read as expressions", () => {
      const stack = synthesized({
        api: { routeSelectionExpression: "${request.body.action}", description: "%{if} ${x}" },
        functions: { message: { environment: { NOTE: "${HOME}" } } },
        stageVariables: { cost: "5" },
      });
      expect(resource(stack, "aws_apigatewayv2_api.api")).to.deep.include({
        route_selection_expression: "$${request.body.action}",
        description: "%%{if} $${x}",
      });
      expect(resource(stack, "aws_lambda_function.message").environment).to.have.nested.property(
        "variables.NOTE",
        "$${HOME}",
      );
    });
  });

  describe("has routes", () => {
    it("that lead to one integration for each function, with its alias", () => {
      expect(Object.keys(plain.resource.aws_apigatewayv2_integration ?? {})).to.deep.equal(["connect", "message"]);
      expect(resource(plain, "aws_apigatewayv2_integration.message")).to.deep.equal({
        api_id: "${aws_apigatewayv2_api.api.id}",
        integration_type: "AWS_PROXY",
        integration_method: "POST",
        integration_uri: "${aws_lambda_alias.message_live.invoke_arn}",
        timeout_milliseconds: 29_000,
        lifecycle: { create_before_destroy: true },
      });
    });

    it("that answer when they are two-way: with an expression and a response", () => {
      expect(resource(plain, "aws_apigatewayv2_route.sendMessage")).to.deep.equal({
        api_id: "${aws_apigatewayv2_api.api.id}",
        route_key: "sendMessage",
        authorization_type: "NONE",
        route_response_selection_expression: "$default",
        target: "integrations/${aws_apigatewayv2_integration.message.id}",
      });
      expect(resource(plain, "aws_apigatewayv2_route_response.sendMessage_response")).to.deep.equal({
        api_id: "${aws_apigatewayv2_api.api.id}",
        route_id: "${aws_apigatewayv2_route.sendMessage.id}",
        route_response_key: "$default",
      });
    });

    it("that do not answer otherwise", () => {
      expect(resource(plain, "aws_apigatewayv2_route.connect")).to.include({ route_key: "$connect" });
      expect(resource(plain, "aws_apigatewayv2_route.connect")).not.to.have.property(
        "route_response_selection_expression",
      );
      expect(plain.resource.aws_apigatewayv2_route_response).to.have.all.keys(
        "default_response",
        "sendMessage_response",
      );
    });

    it("with addresses of their own, whatever their keys", () => {
      const keys = [
        "connect",
        "default",
        "a b",
        "a-b",
        "a_b",
        "a/b",
        "live",
        "role",
        "Resource",
        "1",
        "x".repeat(128),
        "x".repeat(127),
      ];
      const stack = synthesized({
        routes: Object.fromEntries(keys.map((key) => [key, { function: "message", twoWay: true }])),
      });
      const routes = Object.values(stack.resource.aws_apigatewayv2_route ?? {});
      expect(routes.map(({ route_key }) => route_key)).to.have.members([
        ...["$connect", "$disconnect", "$default", "sendMessage"],
        ...keys,
      ]);
      expect(Object.keys(stack.resource.aws_lambda_permission ?? {})).to.have.length(keys.length + 4);
    });
  });

  describe("has a deployment", () => {
    it("that waits for all it holds, and goes only when the next one is there", () => {
      const { depends_on, lifecycle } = resource(plain, "aws_apigatewayv2_deployment.deployment");
      expect(depends_on).to.have.members([
        "aws_apigatewayv2_integration.connect",
        "aws_apigatewayv2_integration.message",
        "aws_apigatewayv2_route.connect",
        "aws_apigatewayv2_route.disconnect",
        "aws_apigatewayv2_route.default",
        "aws_apigatewayv2_route.sendMessage",
        "aws_apigatewayv2_route_response.default_response",
        "aws_apigatewayv2_route_response.sendMessage_response",
      ]);
      expect(lifecycle).to.deep.equal({ create_before_destroy: true });
    });
  });

  describe("has a stage", () => {
    const settings = {
      logging_level: "ERROR",
      data_trace_enabled: false,
      detailed_metrics_enabled: true,
      throttling_burst_limit: 100,
      throttling_rate_limit: 50,
    };

    it("with the deployment, both throttles, and variables", () => {
      const stage = resource(synthesized({ stageVariables: { environment: "dev" } }), "aws_apigatewayv2_stage.stage");
      expect(stage).to.deep.include({
        name: "dev",
        deployment_id: "${aws_apigatewayv2_deployment.deployment.id}",
        default_route_settings: settings,
        stage_variables: { environment: "dev" },
      });
      expect(stage).not.to.have.any.keys("auto_deploy", "route_settings");
    });

    it("with complete settings for a route that has a throttle", () => {
      const stack = synthesized({ routes: { sendMessage: { throttle: { burst: 5, rate: 2.5 } } } });
      const { route_settings } = resource(stack, "aws_apigatewayv2_stage.stage");
      const throttle = { throttling_burst_limit: 5, throttling_rate_limit: 2.5 };
      expect(route_settings).to.deep.equal([{ ...settings, ...throttle, route_key: "sendMessage" }]);
    });

    it("that starts when its execution log and all permissions are there", () => {
      expect(resource(plain, "aws_apigatewayv2_stage.stage").depends_on).to.have.members([
        "aws_cloudwatch_log_group.stage_execution-logs",
        "aws_lambda_permission.connect_on-connect",
        "aws_lambda_permission.connect_on-disconnect",
        "aws_lambda_permission.message_on-default",
        "aws_lambda_permission.message_on-sendMessage",
      ]);
    });

    it("with an access log of one JSON object a line, below 3 KB", () => {
      const { access_log_settings } = resource(plain, "aws_apigatewayv2_stage.stage");
      const { format, destination_arn } = access_log_settings as { format: string; destination_arn: string };
      expect(destination_arn).to.equal("${aws_cloudwatch_log_group.stage_access-logs.arn}");
      expect(format).not.to.include("\n");
      expect(Buffer.byteLength(format)).to.be.below(3 * 1024);
      expect(JSON.parse(format)).to.include({
        requestId: "$context.requestId",
        ip: "$context.identity.sourceIp",
        requestTime: "$context.requestTime",
        eventType: "$context.eventType",
        routeKey: "$context.routeKey",
        status: "$context.status",
        connectionId: "$context.connectionId",
      });
    });

    it("whose log groups end when the stage says", () => {
      const groups = Object.values(plain.resource.aws_cloudwatch_log_group ?? {});
      expect(groups.map(({ name, retention_in_days }) => `${name} ${retention_in_days}`)).to.have.members([
        "websocket-api-dev-logs 7",
        "/aws/apigateway/${aws_apigatewayv2_api.api.id}/dev 7",
        "/aws/lambda/websocket-api-dev-connect 7",
        "/aws/lambda/websocket-api-dev-message 7",
      ]);
    });
  });
});
