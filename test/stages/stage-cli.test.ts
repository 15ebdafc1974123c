import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { StageFolder } from "./stage-folder.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

function stage(...args: string[]) {
  const options = { cwd: PROJECT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "scripts/stage.ts", ...args],
    options,
  );
  return { status, stdout, stderr };
}

describe("npm run stage", () => {
  it("shows a stage with all it inherits", () => {
    const { status, stdout } = stage("show", "staging");
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.include({ stage: "staging", throttle: { burst: 2000, rate: 1000 } });
  });

  it("lists the stages", () => {
    const { status, stdout } = stage("list");
    expect(status).to.equal(0);
    expect(stdout).to.match(/^prod +us-east-1 +\d+ +\d+ +5000\/2000 +ERROR +365 days$/m);
  });

  it("checks all stages, or those named", () => {
    const all = stage("check");
    expect(all.status).to.equal(0);
    expect(all.stdout.match(/^ok {2}stages/gm)).to.have.length(3);

    const file = new StageFolder().stage({ throttle: { burst: 0 } });
    const wrong = stage("check", "dev", file);
    expect(wrong.status).to.equal(1);
    expect(wrong.stdout).to.equal("ok  stages/dev.json\n");
    expect(wrong.stderr).to.include(`${file}:5:14  /throttle/burst  found 0  expected at least 1`);
  });

  it("says that the schema is up to date", () => {
    const before = readFileSync(`${PROJECT}/stages/stage.schema.json`, "utf8");
    expect(stage("schema")).to.include({ status: 0, stdout: "stages/stage.schema.json is up to date\n" });
    expect(readFileSync(`${PROJECT}/stages/stage.schema.json`, "utf8")).to.equal(before);
  });

  it("explains itself", () => {
    expect(stage("--help").stdout).to.include("show <stage|file>");
  });

  it("ends with 2 for a command it does not know", () => {
    for (const args of [[], ["shwo"], ["show"], ["list", "--all"]]) {
      const { status, stderr } = stage(...args);
      expect(status).to.equal(2);
      expect(stderr).to.include("Usage: npm run stage");
    }
  });
});
