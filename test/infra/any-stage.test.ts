// Whatever a stage file says, if it is right: what is made of it is whole, keeps the rules, and Terraform's provider knows all of it.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { checkStack, formatFinding } from "#infra/checks/check-stack.ts";
import { StackFile } from "#infra/checks/stack-file.ts";
import { nestedBlocks } from "#infra/hcl/nested-blocks.ts";
import { renderHcl } from "#infra/hcl/render.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { synthesize } from "#infra/synthesize.ts";
import { problemsOf, StageFolder } from "../stages/stage-folder.ts";
import { bundlesWithFanout, EVERY_SETTING } from "./every-setting.ts";
import { faultsOfStack } from "./provider-faults.ts";
import { type TerraformFile, temporaryFolder } from "./synthesized.ts";

const { issuer: _, audience: __, jwksUri: ___, ...ownUsers } = EVERY_SETTING.auth;
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
const ODD_KEYS = [
  "a b",
  "a_b",
  "a-b",
  "connect",
  "default",
  "route-a-b",
  "it's ${here}",
  "%{if true}",
  'say "hi"',
  "\\",
  "é",
  "{}",
];

const flag = fc.boolean();
const odd = fc.string({ unit: fc.constantFrom(..."ab-_ ${}%\"'\\é"), minLength: 1, maxLength: 12 });
const routeKey = fc.oneof(
  fc.constantFrom(...ODD_KEYS),
  odd.map((key) => `k${key.trim()}`),
);
const functionName = fc.stringMatching(/^[a-z][a-zA-Z0-9-]{0,12}$/);
const throttle = fc.record({
  burst: fc.integer({ min: 1, max: 5000 }),
  rate: fc.double({ min: 0.1, max: 5000, noNaN: true }),
});

/** A function's settings; those of one that may be on a route. */
const sizes = fc.record(
  {
    memoryMb: fc.integer({ min: 128, max: 10_240 }),
    timeoutSeconds: fc.integer({ min: 1, max: 29 }),
    logLevel: fc.constantFrom("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"),
    reservedConcurrency: fc.integer({ min: 1, max: 100 }),
    tracing: flag,
    environment: fc.dictionary(fc.stringMatching(/^OWN_[A-Z]{1,5}$/), odd),
    async: fc.record({ maximumRetryAttempts: fc.integer({ min: 0, max: 2 }) }),
    shift: fc.constant({ stableVersion: "7", newPercent: 12.5 }),
  },
  { requiredKeys: [] },
);

const alarms = fc.oneof(
  fc.record({ emails: fc.constant(["a@chat.test", "b@chat.test"]), gonePercent: fc.integer({ min: 1, max: 100 }) }),
  fc.constant({ topicArn: "arn:aws:sns:us-east-1:123456789012:pager" }),
  fc.constant({}),
);

const stage = fc
  .record(
    {
      aws: fc.constant({ accountId: "123456789012" }),
      api: fc.record({ description: odd, ipAddressType: fc.constantFrom("ipv4", "dualstack") }),
      auth: fc.constantFrom(EVERY_SETTING.auth, { ...ownUsers, create: "cognito" }),
      routes: fc.dictionary(routeKey, fc.record({ throttle, twoWay: flag }, { requiredKeys: [] }), { maxKeys: 6 }),
      functions: fc.dictionary(functionName, sizes, { maxKeys: 3 }),
      fanout: sizes,
      stageVariables: fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), fc.stringMatching(/^[\w\-.~:/?#&=,]{1,9}$/)),
      tags: fc.dictionary(fc.stringMatching(/^[B-Z][a-z]{1,9}$/), fc.stringMatching(/^[\w @:/=+.-]{0,9}$/)),
      logs: fc.record(
        {
          level: fc.constantFrom("OFF", "ERROR", "INFO"),
          retentionDays: fc.constantFrom(1, 365, 3653),
          detailedMetrics: flag,
          dataTrace: flag,
        },
        { requiredKeys: [] },
      ),
      tables: fc.record({ pointInTimeRecovery: flag, deletionProtection: flag }),
      customerKey: fc.record({ deletionDays: fc.integer({ min: 7, max: 30 }) }),
      alarms,
      costs: fc.record({ monthlyUsd: fc.double({ min: 0.01, max: 10_000, noNaN: true }) }),
      dashboard: flag,
      savedQueries: flag,
      domain: fc.constantFrom(
        EVERY_SETTING.domain,
        { ...EVERY_SETTING.domain, defaultEndpoint: true },
        { name: "ws.chat.test", certificateArn: CERTIFICATE },
      ),
      web: fc.constantFrom(EVERY_SETTING.web, {}),
      state: fc.constant(EVERY_SETTING.state),
    },
    { requiredKeys: [] },
  )
  .map(({ functions = {}, fanout, routes = {}, costs, logs, ...rest }) => {
    const names = ["message", ...Object.keys(functions)];
    const routed = Object.entries(routes).map(([key, route], at) => [
      key,
      { function: names[at % names.length], ...route },
    ]);
    // one that no route leads to would be refused
    const own = names.slice(1).map((name) => [`to ${name}`, { function: name }]);
    const all = { ...functions, fanout: fanout ?? {}, ...(rest.auth && { authorize: {} }) };
    const bundled = Object.entries(all).map(([name, settings]) => [
      name,
      name in functions ? { ...settings, bundle: "connect" } : settings,
    ]);
    // a trace with tokens, or without a log, would be refused, and so would a budget that nobody hears of
    const mayTrace = rest.auth === undefined && logs?.level !== "OFF";
    const isHeard = rest.alarms !== undefined && Object.keys(rest.alarms).length > 0;
    return {
      ...rest,
      ...(logs && { logs: { ...logs, dataTrace: mayTrace && logs.dataTrace === true } }),
      ...(isHeard && costs && { budget: costs }),
      routes: Object.fromEntries([...routed, ...own]),
      functions: Object.fromEntries(bundled),
    };
  });

/** What it refers to, as far as it is a resource or a data source. */
function references(text: string): ReadonlySet<string> {
  const expressions = [...text.matchAll(/(?<!\$)\$\{([^}]*)\}/g)].map(([, expression = ""]) => expression);
  const named = expressions.flatMap((expression) => expression.match(/(data\.)?\baws_\w+\.[\w-]+/g) ?? []);
  return new Set(named);
}

function addresses({ resource, data = {} }: TerraformFile & { readonly data?: TerraformFile["resource"] }): string[] {
  const all = (types: TerraformFile["resource"], prefix: string) =>
    Object.entries(types).flatMap(([type, named]) => Object.keys(named).map((name) => `${prefix}${type}.${name}`));
  return [...all(resource, ""), ...all(data, "data.")];
}

describe("whatever a right stage file says", () => {
  const folder = new StageFolder();
  const bundles = bundlesWithFanout();
  const outdir = temporaryFolder();

  function synthesized(change: object) {
    const file = folder.stage(change);
    expect(problemsOf(file)).to.deep.equal([]);
    const [stack] = synthesize({ stageFiles: [file], outdir, ...bundles });
    if (stack === undefined) throw new Error("no stack");
    const text = readFileSync(stack.file, "utf8");
    return { config: loadStage(file), stack, text, content: JSON.parse(text) as TerraformFile };
  }

  function holds({ config, stack, text, content }: ReturnType<typeof synthesized>): void {
    expect(checkStack(new StackFile(content)).map(formatFinding)).to.deep.equal([]);
    expect(faultsOfStack(stack.name, content.resource)).to.deep.equal([]);
    const there = addresses(content);
    expect([...references(text)].filter((address) => !there.includes(address))).to.deep.equal([]);
    const dependencies = [...text.matchAll(/"depends_on": \[([^\]]*)\]/g)].flatMap(([, list = ""]) =>
      JSON.parse(`[${list}]`),
    );
    expect(dependencies.filter((address) => !there.includes(address))).to.deep.equal([]);
    expectAllRoutes(config, content);
    expect(renderHcl({ ...content }, nestedBlocks(stack.construct)).match(/^resource "/gm)).to.have.lengthOf(
      there.filter((address) => !address.startsWith("data.")).length,
    );
  }

  /** None is lost because two keys were called the same. */
  function expectAllRoutes({ routes, functions }: StageConfig, { resource }: TerraformFile): void {
    const keys = Object.values(resource.aws_apigatewayv2_route ?? {}).map(({ route_key }) =>
      String(route_key).replace(/([$%])\1(?=\{)/g, "$1"),
    );
    expect(keys).to.have.members(Object.keys(routes));
    expect(Object.keys(resource.aws_lambda_function ?? {})).to.have.members(Object.keys(functions));
    const twoWay = Object.values(routes).filter((route) => route.twoWay).length;
    expect(Object.keys(resource.aws_apigatewayv2_route_response ?? {})).to.have.lengthOf(twoWay);
  }

  it("its stack is whole, keeps all rules, and is known to the provider", function () {
    this.timeout(120_000).slow(30_000);
    fc.assert(
      fc.property(stage, (change) => holds(synthesized(change))),
      { numRuns: 100 },
    );
  });

  it("so with every setting, and with all that can be off switched off", () => {
    holds(synthesized(EVERY_SETTING));
    holds(
      synthesized({
        logs: { level: "OFF", detailedMetrics: false, retentionDays: 1 },
        functions: { connect: { tracing: false }, message: { tracing: false }, fanout: { tracing: false } },
        tags: null,
      }),
    );
  });
});
