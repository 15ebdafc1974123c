import path from "node:path";
import { expect } from "chai";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { problemsOf, StageFolder } from "./stage-folder.ts";

describe("extends", () => {
  it("merges objects at every depth and replaces other values", () => {
    const stage = loadStage(
      new StageFolder().stage({ throttle: { rate: 60 }, routes: { sendMessage: { twoWay: false } } }),
    );
    expect(stage.throttle).to.deep.equal({ burst: 100, rate: 60 });
    expect(stage.routes.sendMessage).to.deep.equal({ function: "message", twoWay: false });
    expect(stage.routes.$default?.twoWay).to.equal(true);
  });

  it("removes an inherited entry with null", () => {
    const stage = loadStage(new StageFolder().stage({ routes: { sendMessage: null }, tags: { Environment: null } }));
    expect(stage.routes).to.have.all.keys("$connect", "$disconnect", "$default");
    expect(stage.tags).to.deep.equal({});
  });

  it("follows a chain, in which the nearest file wins", () => {
    const folder = new StageFolder();
    folder.write("europe.json", { extends: "./base.json", aws: { region: "eu-west-1" }, throttle: { burst: 5 } });
    const stage = loadStage(
      folder.write("dev.json", { extends: "./europe.json", stage: "dev", throttle: { burst: 6 } }),
    );
    expect([stage.aws.region, stage.throttle.burst]).to.deep.equal(["eu-west-1", 6]);
  });

  it("brings back with a later file what an earlier one removed", () => {
    const folder = new StageFolder();
    folder.write("mid.json", { extends: "./base.json", routes: { sendMessage: null } });
    const routes = { sendMessage: { function: "connect" } };
    const stage = loadStage(folder.write("dev.json", { extends: "./mid.json", stage: "dev", routes }));
    expect(stage.routes.sendMessage).to.deep.equal({ function: "connect", twoWay: false });
  });

  it("refuses a file that is not there, and names the one that was meant", () => {
    const folder = new StageFolder();
    const [problem] = problemsOf(folder.write("dev.json", { extends: "./bsae.json", stage: "dev" }));
    expect(problem).to.include({ line: 2, column: 14, pointer: "/extends", found: '"./bsae.json"' });
    expect(problem?.expected).to.equal(
      `a file that exists: did you mean "base"? There is no ${folder.file("bsae.json")}`,
    );
  });

  it("refuses a circle, and names its files", () => {
    const folder = new StageFolder();
    folder.write("base.json", { extends: "./dev.json" });
    const [problem] = problemsOf(folder.stage());
    expect(problem?.expected).to.equal("a file that does not lead back here: dev.json → base.json → dev.json");
  });

  it("refuses a path that is not relative, and anything that is no path", () => {
    for (const extended of ["/etc/base.json", "base.json", 7, {}]) {
      const [problem] = problemsOf(new StageFolder().write("dev.json", { extends: extended, stage: "dev" }));
      expect(problem?.expected).to.include('relative to this one, such as "./base.json"');
    }
  });

  it("reports wrong JSON of a base in the base", () => {
    const folder = new StageFolder();
    folder.write("base.json", "{ nope }");
    expect(problemsOf(folder.stage())[0]).to.include({ file: folder.file("base.json"), line: 1, column: 3 });
  });

  it("refuses a stage file that is not there", () => {
    const folder = new StageFolder();
    folder.stage();
    const [problem] = problemsOf(folder.file("dve.json"));
    expect(problem).to.include({ found: "no such file", expected: 'a stage file: did you mean "dev"?' });
    const [other] = problemsOf(folder.file("unlike.json"));
    expect(other).to.include({ found: "no such file", expected: "a stage file: there are dev" });
  });

  it("refuses what is there and is no file that can be read", () => {
    const folder = new StageFolder();
    const dev = folder.stage();
    expect(problemsOf(folder.path)).to.deep.include({
      file: folder.path,
      line: 1,
      column: 1,
      pointer: "",
      found: "a directory",
      expected: `a stage file, such as ${dev}`,
    });
    const [problem] = problemsOf(path.join(dev, "prod.json"));
    expect(problem).to.include({ expected: "a stage file" });
    expect(problem?.found).to.match(/^what cannot be read: ENOTDIR/);
  });
});
