import { expect } from "chai";
import { Bundles, resource, synthesized } from "./synthesized.ts";

describe("the stack of a stage", () => {
  const plain = synthesized();

  describe("has functions", () => {
    const stack = synthesized({
      functions: { message: { logLevel: "WARN", reservedConcurrency: 9, environment: { MOTD: "hello" } } },
    });
    const message = resource(stack, "aws_lambda_function.message");

    it("with code, size and runtime", () => {
      expect(message).to.deep.include({
        function_name: "websocket-api-dev-message",
        runtime: "nodejs24.x",
        architectures: ["arm64"],
        handler: "index.handler",
        filename: "assets/message.zip",
        publish: true,
        memory_size: 1024,
        timeout: 15,
        reserved_concurrent_executions: 9,
        role: "${aws_iam_role.message_role.arn}",
      });
      expect(resource(stack, "aws_lambda_function.connect")).not.to.have.property("reserved_concurrent_executions");
    });

    it("that log JSON, from their level on, to the group made for them", () => {
      expect(message.logging_config).to.deep.equal({
        log_format: "JSON",
        application_log_level: "WARN",
        system_log_level: "WARN",
        log_group: "${aws_cloudwatch_log_group.message_logs.name}",
      });
    });

    it("that are reported of by Lambda whatever their level, where a saved query reads it", () => {
      const functions = { message: { logLevel: "ERROR" } };
      const reported = resource(synthesized({ functions, savedQueries: true }), "aws_lambda_function.message");
      expect(reported.logging_config).to.include({ application_log_level: "ERROR", system_log_level: "INFO" });
    });

    it("that know the stage, its tables and where to post frames", () => {
      expect(message.environment).to.deep.equal({
        variables: {
          STAGE: "dev",
          CONNECTIONS_TABLE: "${aws_dynamodb_table.connections.name}",
          MEMBERSHIPS_TABLE: "${aws_dynamodb_table.memberships.name}",
          MESSAGES_TABLE: "${aws_dynamodb_table.messages.name}",
          MEMBERSHIP_SHARDS: "1",
          POST_CONCURRENCY: "32",
          DIRECT_AUDIENCE_LIMIT: "200",
          SIGNALS_AUDIENCE_LIMIT: "1000",
          POSTS_PER_SECOND: "4000",
          MESSAGE_RETENTION_DAYS: "30",
          CONNECTION_TTL_SECONDS: "9000",
          AUTH_MODE: "none",
          AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI:
            '${replace(aws_apigatewayv2_api.api.api_endpoint, "/^ws/", "http")}/dev',
          MOTD: "hello",
        },
      });
    });

    it("that may read the secrets they are told of, and nobody else may", () => {
      const environment = { KEY_B: "ssm:/chat/b", KEY_A: "ssm:/chat/a", HOOK: "secretsmanager:chat/hook" };
      const told = synthesized({ functions: { message: { environment } } });
      const ofSecrets = (name: string) => {
        const { policy } = resource(told, `aws_iam_role_policy.${name}_policy`);
        const statements: { Sid: string; Resource: string[] }[] = JSON.parse(String(policy)).Statement;
        return statements
          .filter(({ Sid }) => /^Read(Parameters|Secrets)$/.test(Sid))
          .map((one) => ({ ...one, Resource: one.Resource.map((arn) => arn.replaceAll(/\$\{.*?\}/g, "…")) }));
      };
      expect(ofSecrets("message")).to.deep.equal([
        {
          Sid: "ReadParameters",
          Effect: "Allow",
          Action: ["ssm:GetParameter"],
          Resource: ["arn:…:ssm:us-east-1:…:parameter/chat/a", "arn:…:ssm:us-east-1:…:parameter/chat/b"],
        },
        {
          Sid: "ReadSecrets",
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue"],
          Resource: ["arn:…:secretsmanager:us-east-1:…:secret:chat/hook-??????"],
        },
      ]);
      expect(ofSecrets("connect")).to.deep.equal([]);
    });

    it("that know over how many shards the members of some rooms are spread", () => {
      const delivery = { roomShards: { "event-*": 16, "${x}": 2 } };
      const { environment } = resource(synthesized({ delivery }), "aws_lambda_function.message");
      expect(Object(environment).variables.ROOM_SHARDS).to.equal('{"event-*":16,"$${x}":2}');
    });

    it("called by an alias, and each only by its own routes", () => {
      expect(resource(stack, "aws_lambda_alias.message_live")).to.deep.equal({
        name: "live",
        function_name: "${aws_lambda_function.message.function_name}",
        function_version: "${aws_lambda_function.message.version}",
      });
      const permissions = Object.values(stack.resource.aws_lambda_permission ?? {});
      expect(permissions.map(({ qualifier, source_arn }) => `${qualifier} ${source_arn}`)).to.have.members([
        "${aws_lambda_alias.connect_live.name} ${aws_apigatewayv2_api.api.execution_arn}/dev/$connect",
        "${aws_lambda_alias.connect_live.name} ${aws_apigatewayv2_api.api.execution_arn}/dev/$disconnect",
        "${aws_lambda_alias.message_live.name} ${aws_apigatewayv2_api.api.execution_arn}/dev/$default",
        "${aws_lambda_alias.message_live.name} ${aws_apigatewayv2_api.api.execution_arn}/dev/sendMessage",
      ]);
    });

    it("with one permission for the whole stage when one for each route would not fit the policy", () => {
      const routes = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`route${at}`, { function: "message" }]));
      const permissions = synthesized({ routes }).resource.aws_lambda_permission ?? {};
      expect(permissions).to.have.all.keys("connect_on-connect", "connect_on-disconnect", "message_on-any-route");
      expect(permissions["message_on-any-route"]?.source_arn).to.equal(
        "${aws_apigatewayv2_api.api.execution_arn}/dev/*",
      );
    });

    it("that share a bundle, if the stage says so", () => {
      const routes = { audit: { function: "audit" } };
      const shared = synthesized({ routes, functions: { audit: { bundle: "message" } } });
      const { filename, source_code_hash } = resource(shared, "aws_lambda_function.audit");
      expect(filename).to.equal("assets/message.zip");
      expect(source_code_hash).to.equal(resource(shared, "aws_lambda_function.message").source_code_hash);
    });
  });

  describe("has roles", () => {
    function statementsOf(permissions: object): unknown {
      const bundles = new Bundles();
      bundles.permit("message", permissions);
      const { policy } = resource(synthesized({}, bundles), "aws_iam_role_policy.message_policy");
      return JSON.parse(String(policy)).Statement;
    }

    const logs = {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: ["${aws_cloudwatch_log_group.message_logs.arn}:*"],
    };

    const traces = {
      Sid: "Trace",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: ["*"],
    };

    it("that only Lambda can take", () => {
      expect(
        JSON.parse(String(resource(plain, "aws_iam_role.message_role").assume_role_policy)).Statement,
      ).to.deep.equal([{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }]);
    });

    it("that allow nothing but their own log and traces to a function that asks for nothing", () => {
      expect(statementsOf({})).to.deep.equal([logs, traces]);
    });

    it("that allow what permissions.json says, and no more", () => {
      const tables = { connections: ["PutItem"], "memberships/connectionId-index": ["Query"] };
      expect(statementsOf({ tables, manageConnections: ["POST", "DELETE"] })).to.deep.equal([
        logs,
        traces,
        {
          Sid: "Connections",
          Effect: "Allow",
          Action: ["dynamodb:PutItem"],
          Resource: ["${aws_dynamodb_table.connections.arn}"],
        },
        {
          Sid: "MembershipsConnectionIdIndex",
          Effect: "Allow",
          Action: ["dynamodb:Query"],
          Resource: ["${aws_dynamodb_table.memberships.arn}/index/connectionId-index"],
        },
        {
          Sid: "ManageConnections",
          Effect: "Allow",
          Action: ["execute-api:ManageConnections"],
          Resource: [
            "${aws_apigatewayv2_api.api.execution_arn}/dev/POST/@connections/*",
            "${aws_apigatewayv2_api.api.execution_arn}/dev/DELETE/@connections/*",
          ],
        },
      ]);
    });

    it("that are complete before the function is", () => {
      expect(resource(plain, "aws_lambda_function.message").depends_on).to.deep.equal([
        "aws_iam_role_policy.message_policy",
      ]);
    });
  });
});
