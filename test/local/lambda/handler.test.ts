import { join } from "node:path";
import { expect } from "chai";
import { strToU8, zipSync } from "fflate";
import { runtimeProblems } from "#local/lambda/runtime-problems.ts";
import { unpackCode } from "#local/lambda/unpack-code.ts";
import { payloadOf, type RunningLambda, runLambda, TestDirectory } from "../support/running-lambda.ts";
import { buildFunction } from "../support/stack-builder.ts";

describe("handler", () => {
  const directory = new TestDirectory();
  let running: RunningLambda | undefined;
  const answerOf = async (code: string, changes: Parameters<typeof runLambda>[1] = {}) => {
    running = await runLambda("", { code, ...changes });
    return running.invoke();
  };
  afterEach(() => running?.close());
  after(() => directory.remove());

  it("is loaded from a zip", async () => {
    const zip = zipSync({
      "index.mjs": strToU8("import { a } from './lib/a.mjs'; export const handler = () => a;"),
      "lib/a.mjs": strToU8("export const a = 'zipped';"),
    });
    const code = join(directory.write("zip", { "f.zip": zip }), "f.zip");
    expect(payloadOf(await answerOf(code))).to.equal("zipped");
  });

  for (const [kind, files] of Object.entries({
    ".mjs": { "index.mjs": "export const handler = () => 1;" },
    ".cjs": { "index.cjs": "exports.handler = () => 1;" },
    ".js with type module": { "index.js": "export const handler = () => 1;", "package.json": '{"type":"module"}' },
    ".js with type commonjs": { "index.js": "module.exports = { ['hand' + 'ler']: () => 1 };", "package.json": "{}" },
  })) {
    it(`is found in ${kind}`, async () => {
      expect(payloadOf(await answerOf(directory.write(`kind ${kind}`, files as Record<string, string>)))).to.equal(1);
    });
  }

  it("is found in a folder and a nested export", async () => {
    const code = directory.write("nested", { "package.json": "{}" });
    directory.write("nested/src", { "app.mjs": "export const api = { main: () => 'nested' };" });
    expect(payloadOf(await answerOf(code, { handler: "src/app.api.main" }))).to.equal("nested");
  });

  it("is found in a directory's index.js, and in a file without an ending", async () => {
    const code = directory.write("deep", { plain: "exports.handler = async () => 'plain';" });
    directory.write("deep/src/app", { "index.js": "exports.api = { v1: { main: async () => 'deep' } };" });
    expect(payloadOf(await answerOf(code, { handler: "src/app.api.v1.main" }))).to.equal("deep");
    await running?.close();
    expect(payloadOf(await answerOf(code, { handler: "plain.handler" }))).to.equal("plain");
  });

  it("is .js before .mjs and .cjs", async () => {
    const code = directory.write("order", {
      "index.cjs": "exports.handler = async () => 'cjs';",
      "index.js": "exports.handler = async () => 'js';",
      "index.mjs": "export const handler = async () => 'mjs';",
    });
    expect(payloadOf(await answerOf(code))).to.equal("js");
  });

  it("outside of the code is no handler name", async () => {
    expect(await answerOf(directory.write("outside", { a: "" }), { handler: "../index.handler" })).to.include({
      errorType: "Runtime.MalformedHandlerName",
    });
  });

  it("in .js without a package.json is an ES module from Node.js 24 on only, if it looks like one", async () => {
    const code = directory.write("detected", { "index.js": "export const handler = async () => 'module';" });
    expect(payloadOf(await answerOf(code, { runtime: "nodejs24.x" }))).to.equal("module");
    await running?.close();
    expect(await answerOf(code, { runtime: "nodejs22.x" })).to.include({ errorType: "Runtime.UserCodeSyntaxError" });
  });

  it("cannot require an ES module up to Node.js 22", async () => {
    const files = { "index.js": "exports.handler = async () => require('./a.mjs').a;", "a.mjs": "export const a = 1;" };
    const code = directory.write("require", files);
    expect(await answerOf(code, { runtime: "nodejs22.x" })).to.include({ kind: "function-error" });
    await running?.close();
    expect(payloadOf(await answerOf(code, { runtime: "nodejs24.x" }))).to.equal(1);
  });

  it("that is missing is Runtime.HandlerNotFound", async () => {
    const code = directory.write("missing", { "index.mjs": "export const other = 1;" });
    expect(await answerOf(code)).to.include({
      kind: "function-error",
      errorType: "Runtime.HandlerNotFound",
      errorMessage: "index.handler is undefined or not exported",
    });
  });

  it("in a missing file, or with a missing import, is Runtime.ImportModuleError", async () => {
    expect(await answerOf(directory.write("no file", { a: "" }))).to.include({
      errorType: "Runtime.ImportModuleError",
    });
    await running?.close();
    const code = directory.write("no import", { "index.mjs": "import 'not-there'; export const handler = () => 1;" });
    expect(await answerOf(code)).to.include({ errorType: "Runtime.ImportModuleError" });
  });

  it("that throws while it is loaded answers with that, each time anew", async () => {
    const code = directory.write("throws", { "index.mjs": "throw new TypeError('no table');" });
    const answer = await answerOf(code);
    expect(answer).to.include({ errorType: "TypeError", errorMessage: "no table" });
    expect(await running?.invoke()).to.include({ errorType: "TypeError" });
    expect(running?.lines().join("\n")).to.include("no table");
  });

  describe("with a callback", () => {
    const source =
      "export const handler = (event, context, callback) => { setTimeout(() => callback(null, 'called'), 1); };";

    it("answers through it up to Node.js 22", async () => {
      running = await runLambda(source, { runtime: "nodejs22.x" });
      expect(payloadOf(await running.invoke())).to.equal("called");
    });

    it("or one of its context's, also much later", async () => {
      const later = (call: string): string =>
        `export const handler = (event, context) => { setTimeout(() => ${call}, 50); };`;
      for (const [call, answer] of [
        ["context.succeed('succeeded')", "succeeded"],
        ["context.done(null, 'done')", "done"],
      ]) {
        running = await runLambda(later(call ?? ""), { runtime: "nodejs22.x" });
        expect(payloadOf(await running.invoke())).to.equal(answer);
        await running.close();
      }
      running = await runLambda(later("context.fail(new RangeError('too far'))"), { runtime: "nodejs20.x" });
      expect(await running.invoke()).to.include({ errorType: "RangeError", errorMessage: "too far" });
    });

    it("that is not called answers null when nothing is to come any more", async () => {
      const source =
        "let ended = 0; export const handler = (event, context, callback) => { setTimeout(() => ended++, 30); if (event.ask) callback(null, ended); };";
      running = await runLambda(source, { runtime: "nodejs22.x" });
      expect(payloadOf(await running.invoke({}))).to.equal(null);
      expect(payloadOf(await running.invoke({ ask: true })), "what was waited for").to.equal(1);
    });

    it("is refused from Node.js 24 on", async () => {
      running = await runLambda(source, { runtime: "nodejs24.x" });
      expect(await running.invoke()).to.include({ errorType: "Runtime.CallbackHandlerDeprecated" });
    });
  });

  it("that returns no promise answers null up to Node.js 22, its value from 24 on", async () => {
    const source = "export const handler = () => 'value';";
    running = await runLambda(source, { runtime: "nodejs22.x" });
    expect(payloadOf(await running.invoke())).to.equal(null);
    await running.close();
    running = await runLambda(source, { runtime: "nodejs24.x" });
    expect(payloadOf(await running.invoke())).to.equal("value");
  });

  describe("code", () => {
    it("that would be unpacked outside of its directory is refused", async () => {
      const zip = zipSync({ "../evil.mjs": strToU8("x") });
      const code = join(directory.write("evil", { "f.zip": zip }), "f.zip");
      const error = await unpackCode(code, join(directory.path, "out")).catch((thrown) => thrown);
      expect(error.message).to.include('the entry "../evil.mjs" would be unpacked outside');
    });

    it("that is no zip is refused with its name", async () => {
      const code = join(directory.write("broken", { "f.zip": "no zip" }), "f.zip");
      const error = await unpackCode(code, join(directory.path, "out")).catch((thrown) => thrown);
      expect(error.message).to.include(`${code} cannot be unpacked`);
    });

    it("is unpacked once per content", async () => {
      const write = (text: string): string =>
        join(
          directory.write(text, { "f.zip": zipSync({ "a.mjs": strToU8(text) }, { mtime: 315_600_000_000 }) }),
          "f.zip",
        );
      const out = join(directory.path, "out");
      const first = await unpackCode(write("one"), out);
      expect(await unpackCode(write("one"), out)).to.deep.equal(first);
      const { directory: other, contentHash } = await unpackCode(write("two"), out);
      expect([other, contentHash]).not.to.include.members([first.directory, first.contentHash]);
    });
  });

  it("of another language is refused at start with function and runtime", () => {
    const functions = [buildFunction("a"), buildFunction("b", { runtime: "python3.13" })];
    expect(runtimeProblems(functions)).to.deep.equal([
      'aws_lambda_function.b: not served yet: runtime "python3.13" (only nodejs runtimes, like "nodejs24.x", run here)',
    ]);
  });
});
