import { expect } from "chai";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { runGateway } from "../support/running-gateway.ts";
import { apiId, buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient } from "../support/test-client.ts";

const functions = ["connect", "disconnect", "one"].map((name) => buildFunction(name));
const routes = ["$connect", "$disconnect", "one"].map((key) => buildRoute(key));

async function linesOf(format: string, messages: readonly string[], one: () => unknown): Promise<string[]> {
  const stage = buildStage(routes, { accessLog: { group: "/access", format } });
  const invoker = new FakeInvoker({ one });
  const running = await runGateway({ stack: buildStack({ functions, apis: [buildApi([stage])] }), invoker });
  const client = await connectClient(running.url);
  for (const [at, message] of messages.entries()) {
    client.send(message);
    if (message.includes("one")) await invoker.called("one", at + 1);
    else await client.next();
  }
  await client.close();
  await invoker.called("disconnect");
  await running.close();
  return running.logs.of("/access");
}

describe("access log", () => {
  it("has one line per handshake, message and disconnect, in the stage's own format", async () => {
    const format =
      '{"api":"$context.apiId","event":"$context.eventType","route":"$context.routeKey","status":"$context.status","ip":"$context.identity.sourceIp"}';
    const lines = await linesOf(format, ['{"action":"one"}'], () => ({ statusCode: 200 }));
    const common = { api: apiId, status: "200", ip: "127.0.0.1" };
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal([
      { ...common, event: "CONNECT", route: "$connect" },
      { ...common, event: "MESSAGE", route: "one" },
      { ...common, event: "DISCONNECT", route: "$disconnect" },
    ]);
  });

  it("writes - for what is not known, and for variables that do not exist", async () => {
    const [connect] = await linesOf(
      "$context.messageId $context.authorizer.principalId $context.nope.",
      [],
      () => null,
    );
    expect(connect).to.equal("- - -.");
  });

  it("tells the function's own status apart from Lambda's", async () => {
    const format =
      "$context.eventType $context.integration.status $context.integration.integrationStatus $context.error.message";
    const [, message] = await linesOf(format, ['{"action":"one"}'], () => ({ statusCode: 418 }));
    expect(message).to.equal("MESSAGE 418 200 -");
  });

  it("tells of gateway errors", async () => {
    const [, message] = await linesOf(
      "$context.status $context.error.messageString $context.routeKey",
      ["?"],
      () => null,
    );
    expect(message).to.equal('403 "Forbidden" -');
  });

  it("substitutes once: a value with a variable in it stays as it is", async () => {
    const running = await runGateway({
      stack: buildStack({
        apis: [buildApi([buildStage([], { accessLog: { group: "/access", format: "$context.identity.userAgent" } })])],
      }),
      invoker: new FakeInvoker(),
    });
    const client = await connectClient(running.url, [], { headers: { "user-agent": "$context.apiId" } });
    await client.close();
    await running.close();
    expect(running.logs.of("/access")).to.deep.equal(["$context.apiId", "$context.apiId"]);
  });
});
