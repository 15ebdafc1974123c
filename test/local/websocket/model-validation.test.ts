import { expect } from "chai";
import { compileModels } from "#local/websocket/model-validation.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { runGateway } from "../support/running-gateway.ts";
import { apiId, buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const chat = JSON.stringify({
  $schema: "http://json-schema.org/draft-04/schema#",
  title: "chat",
  type: "object",
  required: ["text"],
  // A boolean, as draft 4 has it.
  properties: { text: { type: "string", minLength: 1 }, n: { maximum: 3, exclusiveMaximum: true } },
});

describe("request models", () => {
  describe("of a route", () => {
    it("refuse what does not match, before the function, and tell the logs why", async () => {
      const models = { selectionExpression: "$request.body.kind", schemas: { chat } };
      const stage = buildStage([buildRoute("$default", { models, twoWay: true })], {
        accessLog: { group: "/access", format: "$context.status $context.error.validationErrorString" },
        executionLog: { level: "ERROR", dataTrace: false },
      });
      const stack = buildStack({ functions: [buildFunction("default")], apis: [buildApi([stage])] });
      const invoker = new FakeInvoker({ default: () => ({ statusCode: 200, body: "right" }) });
      const running = await runGateway({ stack, invoker });
      const client = await connectClient(running.url);
      client.send({ kind: "chat", text: "" });
      const frame = await client.next();
      expect(frame).to.match(
        /^\{"message": "Bad request body", "connectionId":"[\w-]{15}=", "messageId":"[\w-]{15}="\}$/,
      );
      expect(invoker.calls).to.deep.equal([]);
      client.send({ kind: "chat", text: "hello" });
      expect(await client.next()).to.equal("right");
      await client.close();
      await running.close();
      expect(running.logs.of("/access")[1]).to.equal("400 [/text must NOT have fewer than 1 characters]");
      expect(running.logs.of(`/aws/apigateway/${apiId}/dev`)[0]).to.match(
        /BAD_REQUEST_BODY with status code: 400: \[\/text must NOT/,
      );
    });
  });

  const check = (schemas: Record<string, string>, message: object | string): string | undefined =>
    compileModels({ selectionExpression: "$request.body.kind", schemas })(
      typeof message === "string" ? message : JSON.stringify(message),
    );

  it("are chosen by the selection expression, else $default; without one the message fails", () => {
    expect(check({ chat }, { kind: "chat", text: "x" })).to.equal(undefined);
    expect(check({ $default: chat }, { kind: "other", text: "x" })).to.equal(undefined);
    expect(check({ chat }, { kind: "other", text: "x" })).to.match(/no model matches/);
  });

  it("name everything that is wrong", () => {
    expect(check({ chat }, { kind: "chat", n: 3 })).to.equal(
      "[the message must have required property 'text', /n must be < 3]",
    );
  });

  it("refuse what is no JSON", () => {
    expect(check({ $default: chat }, "hello")).to.equal("[the message is no JSON]");
  });

  it("that are no schemas are refused by name", () => {
    const compile = (schema: string) => () => compileModels({ selectionExpression: "a", schemas: { chat: schema } });
    expect(compile("{")).to.throw(/the model "chat" is no JSON Schema: /);
    expect(compile('{"type":"text"}')).to.throw(/the model "chat" is no JSON Schema: /);
  });
});
