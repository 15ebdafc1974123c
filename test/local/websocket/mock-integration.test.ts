import { expect } from "chai";
import type { MockTemplates } from "#local/stack.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { buildApi, buildRoute, buildStack, buildStage, type RouteChanges } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const response = (key: string, template?: string): MockTemplates["responses"][number] => ({
  address: `aws_apigatewayv2_integration_response.${key}`,
  key,
  templates: template === undefined ? {} : { $default: template },
});
const mockRoute = (key: string, mock: Partial<MockTemplates>, changes: RouteChanges = {}) =>
  buildRoute(key, {
    twoWay: true,
    integration: {
      type: "MOCK",
      mock: { requestTemplates: {}, passthrough: "WHEN_NO_MATCH", responses: [], ...mock },
    },
    ...changes,
  });

describe("MOCK integration", () => {
  let running: RunningGateway;
  const serve = async (...routes: ReturnType<typeof mockRoute>[]): Promise<string> => {
    const stack = buildStack({ apis: [buildApi([buildStage(routes, { variables: { color: "blue" } })])] });
    running = await runGateway({ stack, invoker: new FakeInvoker() });
    return running.url;
  };
  const answerTo = async (message: object, ...routes: ReturnType<typeof mockRoute>[]): Promise<string> => {
    const client = await connectClient(await serve(...routes));
    client.send(message);
    return client.next();
  };
  afterEach(() => running.close());

  it("answers a two-way route with its response template", async () => {
    const mock = {
      requestTemplates: { $default: '{"statusCode": 200}' },
      responses: [
        response("$default", '{"pong":$input.json(\'$.id\'),"color":"$stageVariables.color","on":"$context.routeKey"}'),
      ],
    };
    expect(await answerTo({ action: "ping", id: [1] }, mockRoute("ping", mock))).to.equal(
      '{"pong":[1],"color":"blue","on":"ping"}',
    );
  });

  it("chooses the request template, and by its status the response", async () => {
    const mock: Partial<MockTemplates> = {
      requestTemplates: { good: '{"statusCode": 200}', bad: "{\"statusCode\": $input.path('$.status')}" },
      requestSelection: "$request.body.how",
      passthrough: "NEVER",
      responses: [response("$default", "other"), response("/4\\d\\d/", "four hundred"), response("/200/", "good")],
    };
    const client = await connectClient(await serve(mockRoute("ping", mock)));
    const ask = (how: string, status = 0): Promise<string> => {
      client.send({ action: "ping", how, status });
      return client.next();
    };
    expect(await ask("good")).to.equal("good");
    expect(await ask("bad", 404)).to.equal("four hundred");
    expect(await ask("bad", 500)).to.equal("other");
    expect(await ask("neither")).to.match(/^\{"message": "Internal server error"/);
  });

  it("is an error when no response matches, and when the template gives no status", async () => {
    const unmatched = { requestTemplates: { $default: '{"statusCode": 201}' }, responses: [response("/200/", "x")] };
    const broken = { requestTemplates: { $default: "statusCode 200" }, responses: [response("$default", "x")] };
    const client = await connectClient(await serve(mockRoute("unmatched", unmatched), mockRoute("broken", broken)));
    for (const action of ["unmatched", "broken"]) {
      client.send({ action });
      expect(await client.next()).to.match(/^\{"message": "Internal server error"/);
    }
  });

  it("is an error when a template cannot be rendered, with the reason in the execution log", async () => {
    const responses = [response("$default", "$util.parseJson($input.path('$.text'))$input.path('$.word').charAt(1)")];
    const stage = buildStage([mockRoute("show", { responses })], {
      executionLog: { level: "ERROR", dataTrace: false },
    });
    running = await runGateway({ stack: buildStack({ apis: [buildApi([stage])] }), invoker: new FakeInvoker() });
    const client = await connectClient(running.url);
    for (const rest of [{ text: "no JSON" }, { text: "1", word: "a" }]) {
      client.send({ action: "show", ...rest });
      expect(await client.next()).to.match(/^\{"message": "Internal server error"/);
    }
    client.send({ action: "show", text: "[1]", word: "ab" });
    expect(await client.next()).to.equal("[1]b");
    const reasons = running.logs.records.flatMap(
      ({ message }) => /due to configuration error: Unable to transform request: (.*)/.exec(message)?.[1] ?? [],
    );
    expect(reasons).to.have.length(2);
    expect(reasons[0]).to.include("JSON");
    expect(reasons[1]).to.include("a text of 1 characters has none at 1");
  });

  it("says nothing on a one-way route", async () => {
    const responses = [response("$default", "x")];
    const silent = mockRoute("silent", { responses }, { twoWay: false });
    const client = await connectClient(await serve(silent, mockRoute("loud", { responses })));
    client.send({ action: "silent" });
    client.send({ action: "loud" });
    expect(await client.next()).to.equal("x");
    await client.close();
    expect(client.unread).to.deep.equal([]);
  });

  it("maps a handshake's headers and query string", async () => {
    const template = `#if($input.params('token') == 'right' && $input.params().header.get('Host') != ''){"statusCode": 200}
#else{"statusCode": 401}#end`;
    const url = await serve(mockRoute("$connect", { requestTemplates: { $default: template } }));
    expect((await refusedHandshake(`${url}?token=wrong`)).status).to.equal(401);
    await (await connectClient(`${url}?token=right`)).close();
  });

  it("decides over a handshake by its status", async () => {
    const decide = (statusCode: number) =>
      mockRoute("$connect", { requestTemplates: { $default: `{"statusCode": ${statusCode}}` } });
    expect((await refusedHandshake(await serve(decide(401)))).status).to.equal(401);
    await running.close();
    await (await connectClient(await serve(decide(200)))).close();
    await running.close();
    await (await connectClient(await serve(mockRoute("$connect", {})))).close();
  });
});
