// What a function's imports find: its own packages, those of its layers, the runtime's SDK; nothing of the project around it.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { payloadOf, type RunningLambda, runLambda, TestDirectory } from "../support/running-lambda.ts";

describe("packages of a function", () => {
  const directory = new TestDirectory();
  let running: RunningLambda | undefined;
  let projects = 0;
  const answerOf = async (code: string, changes: Parameters<typeof runLambda>[1] = {}) => {
    running = await runLambda("", { code, ...changes });
    return await running.invoke();
  };
  /** A package whose main export is the text. */
  const packageOf = (place: string, text: string): void => {
    directory.write(place, {
      "package.json": '{"main":"index.js"}',
      "index.js": `exports.text = ${JSON.stringify(text)};`,
    });
  };
  /** Files of a function in a folder of a project of ES modules, which has a package of its own. */
  function inProject(files: Readonly<Record<string, string>>): string {
    const project = `project ${projects++}`;
    directory.write(project, { "package.json": '{"type":"module"}' });
    packageOf(`${project}/node_modules/around`, "of the project");
    return directory.write(`${project}/functions/f`, files);
  }
  afterEach(() => running?.close());
  after(() => directory.remove());

  it("do not see the package.json around them: .js without one is CommonJS", async () => {
    const files = {
      "index.js": "exports.handler = async () => require('./lib.js');",
      "lib.js": "module.exports = 'CommonJS';",
    };
    expect(payloadOf(await answerOf(inProject(files)))).to.equal("CommonJS");
  });

  it("do not see the node_modules around them, as they would not on AWS", async () => {
    const code = inProject({ "index.mjs": "import 'around'; export const handler = () => 1;" });
    const answer = await answerOf(code);
    expect(answer).to.include({ errorType: "Runtime.ImportModuleError" });
    expect(answer.kind === "function-error" && answer.errorMessage).to.include(
      `'around' imported from ${code}/index.mjs`,
    );
  });

  it("are in their own node_modules, linked ones too", async () => {
    const code = inProject({
      "index.mjs": "import a from 'a'; import b from 'b'; export const handler = () => [a.text, b.text];",
    });
    packageOf("workspace/b", "linked");
    const modules = join(code, "node_modules");
    mkdirSync(join(modules, ".store"), { recursive: true });
    mkdirSync(join(modules, ".store/a"));
    writeFileSync(join(modules, ".store/a/package.json"), '{"main":"index.js"}');
    writeFileSync(join(modules, ".store/a/index.js"), "exports.text = 'stored';");
    symlinkSync(".store/a", join(modules, "a"));
    symlinkSync(join(directory.path, "workspace/b"), join(modules, "b"));
    expect(payloadOf(await answerOf(code))).to.deep.equal(["stored", "linked"]);
  });

  const uses = {
    "an ES module": [
      "index.mjs",
      "import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'; export const handler = () => DynamoDBDocumentClient.name;",
    ],
    CommonJS: [
      "index.js",
      "const { DynamoDBDocumentClient } = require('@aws-sdk/lib-dynamodb'); exports.handler = async () => DynamoDBDocumentClient.name;",
    ],
  } as const;
  for (const [kind, [file, source]] of Object.entries(uses)) {
    it(`have the SDK of the runtime: ${kind}, zipped or not`, async () => {
      const zip = zipSync({ [file]: strToU8(source) });
      expect(payloadOf(await answerOf(join(directory.write(kind, { "f.zip": zip }), "f.zip")))).to.match(
        /^DynamoDBDocumentClient/,
      );
      await running?.close();
      expect(payloadOf(await answerOf(inProject({ [file]: source })))).to.match(/^DynamoDBDocumentClient/);
    });
  }

  it("that the runtime has and this project has not are named, with what to do", async () => {
    const code = inProject({ "index.js": "require('@aws-sdk/client-quicksight'); exports.handler = async () => 1;" });
    const answer = await answerOf(code);
    expect(answer).to.include({ errorType: "Runtime.ImportModuleError" });
    expect(answer.kind === "function-error" && answer.errorMessage).to.match(
      /on AWS the runtime has @aws-sdk\/client-quicksight; here it has only what is installed beside the emulator: install @aws-sdk\/client-quicksight there, or with the function/,
    );
    await running?.close();
    const old = await answerOf(inProject({ "index.js": "require('aws-sdk'); exports.handler = async () => 1;" }));
    expect(old.kind === "function-error" && old.errorMessage).to.include(
      "version 2 of the SDK is in no runtime since nodejs18.x",
    );
  });

  describe("in layers", () => {
    const importing = "import a from 'a'; import b from '@scope/b'; export const handler = () => [a.text, b.text];";

    it("are found, of the last layer first, of this runtime's folder first, from a zip or a directory", async () => {
      packageOf("layer/nodejs/node_modules/a", "first");
      packageOf("layer/nodejs/node_modules/@scope/b", "first");
      packageOf("layer/nodejs/node24/node_modules/@scope/b", "first, of Node.js 24");
      const manifest = strToU8('{"main":"index.js"}');
      const zip = zipSync({
        "nodejs/node_modules/a/package.json": manifest,
        "nodejs/node_modules/a/index.js": strToU8("exports.text = 'last';"),
      });
      const layers = [join(directory.path, "layer"), join(directory.write("zipped layer", { "l.zip": zip }), "l.zip")];
      const code = inProject({ "index.mjs": importing });
      expect(payloadOf(await answerOf(code, { layers }))).to.deep.equal(["last", "first, of Node.js 24"]);
    });

    it("come after the function's own", async () => {
      packageOf("other layer/nodejs/node_modules/a", "of the layer");
      packageOf("other layer/nodejs/node_modules/@scope/b", "of the layer");
      const code = inProject({ "index.mjs": importing });
      mkdirSync(join(code, "node_modules/a"), { recursive: true });
      writeFileSync(join(code, "node_modules/a/index.js"), "exports.text = 'its own';");
      const layers = [join(directory.path, "other layer")];
      expect(payloadOf(await answerOf(code, { layers }))).to.deep.equal(["its own", "of the layer"]);
    });

    it("that are not here are named when something is missing", async () => {
      const arn = "arn:aws:lambda:eu-west-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:1";
      const answer = await answerOf(inProject({ "index.mjs": importing }), { missingLayers: [arn] });
      expect(answer.kind === "function-error" && answer.errorMessage).to.include(
        `(perhaps it is in a layer that is not here: ${arn})`,
      );
    });
  });

  it("and paths in errors and logs are those of the directory", async () => {
    const code = inProject({
      "index.mjs": "export const handler = () => { const error = new Error('oh'); console.log(error); throw error; };",
    });
    const answer = await answerOf(code);
    expect(answer.kind === "function-error" && answer.trace?.[1]).to.include(`${code}/index.mjs:1:`);
    expect(running?.lines().join()).to.include(`${code}/index.mjs:1:`).and.not.to.include("unpacked");
  });

  it("and files are found from the working directory and LAMBDA_TASK_ROOT", async () => {
    const source = `import { existsSync } from "node:fs"; import { resolve } from "node:path";
      export const handler = () => [existsSync(resolve("a.txt")), existsSync(process.env.LAMBDA_TASK_ROOT + "/a.txt")];`;
    expect(payloadOf(await answerOf(inProject({ "index.mjs": source, "a.txt": "a" })))).to.deep.equal([true, true]);
  });
});
