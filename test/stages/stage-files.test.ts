// The stage files of this project.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect } from "chai";
import { findStages } from "#infra/stage-file/find-stages.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { SCHEMA_FILE, stageSchemaText } from "#scripts/stage-schema.ts";
import { StageFolder } from "./stage-folder.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
const load = (stage: string) => loadStage(path.join(STAGES, `${stage}.json`));

describe("stages/", () => {
  it("has dev, prod and staging", () => {
    expect(findStages(STAGES).map((file) => path.basename(file))).to.deep.equal([
      "dev.json",
      "prod.json",
      "staging.json",
    ]);
  });

  it("limits each stage on its own", () => {
    expect(load("dev").throttle).to.deep.equal({ burst: 1000, rate: 500 });
    expect(load("staging").throttle).to.deep.equal({ burst: 2000, rate: 1000 });
    expect(load("prod").throttle).to.deep.equal({ burst: 5000, rate: 2000 });
  });

  it("logs DEBUG in dev, INFO in staging and WARN in prod", () => {
    for (const [stage, level] of Object.entries({ dev: "DEBUG", staging: "INFO", prod: "WARN" })) {
      const { functions, stageVariables } = load(stage);
      for (const [name, { logLevel }] of Object.entries(functions))
        expect(logLevel, `${stage} ${name}`).to.equal(level);
      expect(stageVariables).to.deep.equal({ environment: stage, logLevel: level });
    }
  });

  it("keeps prod's logs a year and its tables safe", () => {
    const { logs, tables } = load("prod");
    expect(logs).to.deep.equal({ level: "ERROR", dataTrace: false, retentionDays: 365, detailedMetrics: true });
    expect(tables).to.deep.equal({ pointInTimeRecovery: true, deletionProtection: true });
  });

  it("routes every action to the message function, two-way, and the ends of a connection to their own", () => {
    const { $connect, $disconnect, ...actions } = load("dev").routes;
    expect([$connect?.function, $disconnect?.function]).to.deep.equal(["connect", "disconnect"]);
    expect(actions).to.have.all.keys(
      ..."$default sendMessage broadcast joinRoom leaveRoom setName sendPublic sendPrivate getMessages".split(" "),
    );
    for (const route of Object.values(actions)) expect(route).to.deep.equal({ function: "message", twoWay: true });
  });
});

describe("stage.schema.json", () => {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(JSON.parse(stageSchemaText()));

  it("is what the code would write (else: npm run stage -- schema)", () => {
    expect(readFileSync(path.join(STAGES, SCHEMA_FILE), "utf8")).to.equal(stageSchemaText());
  });

  it("accepts every stage file, and files that say only a part", () => {
    for (const name of ["base", "dev", "staging", "prod"]) {
      const file = JSON.parse(readFileSync(path.join(STAGES, `${name}.json`), "utf8"));
      expect(validate(file), JSON.stringify(validate.errors)).to.equal(true);
    }
    expect(validate({ routes: { sendMessage: null, $default: { twoWay: false } }, throttle: { burst: 5 } })).to.equal(
      true,
    );
  });

  it("refuses unknown keys, wrong values and a null for what is required", () => {
    expect(validate({ routs: {} })).to.equal(false);
    expect(validate({ logs: { level: "WARN" } })).to.equal(false);
    expect(validate({ logs: null })).to.equal(false);
  });

  it("describes every key", () => {
    const undescribed: string[] = [];
    const visit = (schema: { properties?: Record<string, object>; anyOf?: object[] }, at: string): void => {
      for (const [key, child] of Object.entries(schema.properties ?? {})) {
        if (!("description" in child)) undescribed.push(`${at}/${key}`);
        visit(child, `${at}/${key}`);
      }
      for (const choice of schema.anyOf ?? []) visit(choice, at);
    };
    visit(JSON.parse(stageSchemaText()), "");
    expect(undescribed).to.deep.equal([]);
  });
});

describe("the search for stage files", () => {
  it("finds what names a stage or forgot to, and not what is only extended", () => {
    const folder = new StageFolder();
    folder.stage();
    folder.write("europe.json", { extends: "./base.json" });
    folder.write("eu.json", { extends: "./europe.json", stage: "eu" });
    folder.write("nameless.json", { extends: "./base.json" });
    folder.write("broken.json", "{");
    folder.write("stage.schema.json", "{}");
    const names = findStages(folder.path).map((file) => path.basename(file));
    expect(names).to.deep.equal(["broken.json", "dev.json", "eu.json", "nameless.json"]);
  });
});
