// Functions that invoke functions, as events: who may, how they find each other, and what becomes of what fails.
import { expect } from "chai";
import { SynthError } from "#infra/synth-error.ts";
import { refusalOf } from "../stages/stage-folder.ts";
import { Bundles, resource, synthesized } from "./synthesized.ts";

const FANOUT = { functions: { fanout: { timeoutSeconds: 300, async: {} } } };
const ARN =
  "arn:${data.aws_partition.account_partition.partition}:lambda:us-east-1:" +
  "${data.aws_caller_identity.account_caller.account_id}:function:websocket-api-dev-fanout:live";

function bundles(invoke: readonly string[] = ["fanout"]): Bundles {
  const all = new Bundles(["connect", "disconnect", "message", "fanout"]);
  all.permit("message", { invoke });
  return all;
}

function refusal(change: object, all: Bundles): string {
  try {
    synthesized(change, all);
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
  return "";
}

describe("a function that others invoke", () => {
  const stack = synthesized(FANOUT, bundles());

  it("needs no route, and gets no integration", () => {
    expect(stack.resource.aws_lambda_function).to.have.property("fanout");
    expect(stack.resource.aws_apigatewayv2_integration).to.have.all.keys("connect", "message");
    expect(Object.keys(stack.resource.aws_lambda_permission ?? {}).join()).not.to.include("fanout");
  });

  it("may be invoked, by its alias, by those whose permissions say so and by no other", () => {
    const policyOf = (name: string) => JSON.parse(String(resource(stack, `aws_iam_role_policy.${name}_policy`).policy));
    expect(policyOf("message").Statement).to.deep.include({
      Sid: "Invoke",
      Effect: "Allow",
      Action: ["lambda:InvokeFunction"],
      Resource: [ARN],
    });
    expect(JSON.stringify(policyOf("connect"))).not.to.include("InvokeFunction");
  });

  it("is found by its name in the environment of whoever invokes it", () => {
    const variables = (name: string) => Object(resource(stack, `aws_lambda_function.${name}`).environment).variables;
    expect(variables("message").FANOUT_FUNCTION).to.equal("websocket-api-dev-fanout:live");
    expect(variables("connect")).not.to.have.property("FANOUT_FUNCTION");
  });

  it("is there before anyone can connect", () => {
    expect(resource(stack, "aws_apigatewayv2_stage.stage").depends_on).to.include("aws_lambda_alias.fanout_live");
  });

  it("may invoke itself, and be invoked in a circle", () => {
    const circular = bundles(["fanout"]);
    circular.permit("fanout", { invoke: ["fanout", "message"] });
    const { environment } = resource(synthesized(FANOUT, circular), "aws_lambda_function.fanout");
    expect(Object(environment).variables).to.include({
      FANOUT_FUNCTION: "websocket-api-dev-fanout:live",
      MESSAGE_FUNCTION: "websocket-api-dev-message:live",
    });
  });

  it("is refused when nothing leads to it, nor does it lead to itself", () => {
    const alone = bundles([]);
    alone.permit("fanout", { invoke: ["fanout"] });
    expect(refusal(FANOUT, alone)).to.match(
      /dev\.json {2}\/functions\/fanout {2}found a function that no route leads to .+ expected a route to it, "invoke": \["fanout"\]/,
    );
  });

  it("is refused when the stage does not have it, with the one that was meant", () => {
    expect(refusal(FANOUT, bundles(["fan-out", "fanout"]))).to.match(
      /found no "fan-out", which permissions.json of message invokes {2}expected did you mean "fanout"\? One of connect, message, fanout/,
    );
  });

  it("takes its variable's name: a stage file may not", () => {
    const environment = { FANOUT_FUNCTION: "mine" };
    const functions = { fanout: {}, message: { environment } };
    expect(refusalOf({ functions })).to.include({ pointer: "/functions/message/environment/FANOUT_FUNCTION" });
  });
});

describe("an asynchronous function", () => {
  const settings = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 120 };
  const stack = synthesized({ functions: { fanout: { async: settings } } }, bundles());

  it("is retried as the stage file says, and what it fails to handle goes to its queue", () => {
    expect(resource(stack, "aws_lambda_function_event_invoke_config.fanout_failed_retries")).to.deep.equal({
      function_name: "${aws_lambda_alias.fanout_live.function_name}",
      qualifier: "${aws_lambda_alias.fanout_live.name}",
      maximum_retry_attempts: 0,
      maximum_event_age_in_seconds: 120,
      destination_config: { on_failure: { destination: "${aws_sqs_queue.fanout_failed.arn}" } },
      depends_on: ["aws_iam_role_policy.fanout_policy"],
    });
    expect(Object.keys(stack.resource.aws_sqs_queue ?? {})).to.deep.equal(["fanout_failed"]);
  });

  it("may write to its queue, which keeps failures two weeks, encrypted", () => {
    const { policy } = resource(stack, "aws_iam_role_policy.fanout_policy");
    expect(JSON.parse(String(policy)).Statement).to.deep.include({
      Sid: "KeepFailedEvents",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: ["${aws_sqs_queue.fanout_failed.arn}"],
    });
    expect(resource(stack, "aws_sqs_queue.fanout_failed")).to.deep.equal({
      name: "websocket-api-dev-fanout-failed",
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
  });
});

describe("a gradual release", () => {
  it("keeps most invocations on the stable version, and gives the newest its share", () => {
    const stack = synthesized({ functions: { message: { shift: { stableVersion: "7", newPercent: 10 } } } });
    expect(resource(stack, "aws_lambda_alias.message_live")).to.deep.include({
      function_version: "7",
      routing_config: { additional_version_weights: { "${aws_lambda_function.message.version}": 0.1 } },
    });
    expect(resource(stack, "aws_lambda_alias.connect_live")).not.to.have.property("routing_config");
  });
});
