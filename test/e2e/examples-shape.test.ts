// What the stage files of the replaced systems say, against what those systems published: a change of base.json must not change it.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { readPermissions } from "#infra/permissions.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { root } from "#scripts/root.ts";
import { stageSchemaText } from "#scripts/stage-schema.ts";

const EXAMPLES = path.join(root, "stages", "examples");
const files = readdirSync(EXAMPLES);
const load = (name: string) => loadStage(path.join(EXAMPLES, `${name}.json`));

/** Route key → function. */
function routesOf(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(load(name).routes).map(([key, route]) => [key, route.function]));
}

/** Function → the bundle it runs. */
/** Of the functions behind routes: `fanout`, which no client of theirs meets, is not one of them. */
function bundlesOf(name: string): Record<string, string> {
  const routed = Object.entries(load(name).functions).filter(([key]) => key !== "fanout");
  return Object.fromEntries(routed.map(([key, { bundle }]) => [key, bundle ?? key]));
}

describe("stages/examples/", () => {
  it("has the five replaced systems", () => {
    expect(files.sort()).to.deep.equal([
      "message-ai.json",
      "names.json",
      "rooms.json",
      "typescript-chat.json",
      "walkthrough.json",
    ]);
  });

  for (const file of files) {
    it(`${file} completes in editors: the schema accepts it`, () => {
      const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(stageSchemaText()));
      validate(JSON.parse(readFileSync(path.join(EXAMPLES, file), "utf8")));
      expect(validate.errors).to.equal(null);
    });

    it(`${file} answers on every route but those of the connection`, () => {
      for (const [key, { twoWay }] of Object.entries(load(path.basename(file, ".json")).routes))
        expect(twoWay, key).to.equal(!["$connect", "$disconnect"].includes(key));
    });
  }

  it("walkthrough is socketAPI: three routes, three Lambdas, stage production", () => {
    expect(load("walkthrough")).to.include({ stage: "production" });
    expect(load("walkthrough").api).to.include({
      name: "socketAPI",
      routeSelectionExpression: "$request.body.action",
    });
    expect(routesOf("walkthrough")).to.deep.equal({
      $connect: "connectLambda",
      $disconnect: "disconnectLambda",
      $default: "defaultLambda",
    });
    expect(bundlesOf("walkthrough")).to.deep.equal({
      connectLambda: "connect",
      disconnectLambda: "disconnect",
      defaultLambda: "message",
    });
  });

  it("rooms is AWS_WEBSOCKET_API's dev: seven routes with a handler each, its throttle, variables and tags", () => {
    const { stage, api, throttle, stageVariables, tags, functions } = load("rooms");
    expect(stage).to.equal("dev");
    expect(api).to.include({ name: "AWS_WEBSOCKET_API", ipAddressType: "ipv4" });
    expect(routesOf("rooms")).to.deep.equal({
      $connect: "websocket-connect-handler",
      $disconnect: "websocket-disconnect-handler",
      $default: "websocket-default-handler",
      sendMessage: "websocket-send-message-handler",
      broadcast: "websocket-broadcast-handler",
      joinRoom: "websocket-join-room-handler",
      leaveRoom: "websocket-leave-room-handler",
    });
    expect(Object.values(bundlesOf("rooms"))).to.deep.equal([
      "connect",
      "disconnect",
      ...Array.from({ length: 5 }, () => "message"),
    ]);
    const { fanout: _, ...routed } = functions;
    expect(new Set(Object.values(routed).map(({ logLevel }) => logLevel))).to.deep.equal(new Set(["DEBUG"]));
    expect(throttle).to.deep.equal({ burst: 1000, rate: 500 });
    expect(stageVariables).to.deep.equal({ environment: "dev", logLevel: "DEBUG" });
    expect(tags).to.have.all.keys("Environment", "Project", "Type");
  });

  it("names is chat-api-handler: every route on one Lambda, stage production", () => {
    expect(load("names")).to.include({ stage: "production" });
    expect(load("names").api.name).to.equal("chat-api-handler");
    expect(routesOf("names")).to.deep.equal(
      Object.fromEntries(
        ["$connect", "$disconnect", "$default", "setName", "sendPublic", "sendPrivate"].map((key) => [
          key,
          "chat-api-handler",
        ]),
      ),
    );
    expect(bundlesOf("names")).to.deep.equal({ "chat-api-handler": "all" });
  });

  it("message-ai has three Lambdas, wants a userId (400) and keeps connections a day", () => {
    expect(routesOf("message-ai")).to.deep.equal({
      $connect: "connect",
      $disconnect: "disconnect",
      $default: "sendMessage",
      sendMessage: "sendMessage",
    });
    expect(bundlesOf("message-ai")).to.deep.equal({
      connect: "connect",
      disconnect: "disconnect",
      sendMessage: "message",
    });
    const { functions, delivery } = load("message-ai");
    expect(functions.connect?.environment).to.deep.equal({ USER_ID_MISSING_STATUS: "400" });
    expect(delivery.connectionTtlSeconds).to.equal(24 * 60 * 60);
  });

  it("typescript-chat has its two requests, and wants a userId (403)", () => {
    expect(routesOf("typescript-chat")).to.deep.equal({
      $connect: "connect",
      $disconnect: "disconnect",
      $default: "message",
      sendMessage: "message",
      getMessages: "message",
    });
    expect(load("typescript-chat").functions.connect?.environment).to.deep.equal({ USER_ID_MISSING_STATUS: "403" });
  });
});

describe("the bundle that serves all events", () => {
  it("may do what connect, disconnect and message may, and no more", () => {
    const [all, ...each] = ["all", "connect", "disconnect", "message"].map((bundle) =>
      readPermissions(path.join(root, "functions"), bundle),
    );
    const union: Record<string, string[]> = {};
    for (const { tables } of each) {
      for (const [table, actions] of Object.entries(tables))
        union[table] = [...new Set([...(union[table] ?? []), ...actions])].sort();
    }
    expect(all?.tables).to.deep.equal(union);
    expect(all?.manageConnections).to.deep.equal([
      ...new Set(each.flatMap(({ manageConnections }) => manageConnections)),
    ]);
  });
});
