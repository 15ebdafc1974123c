import { expect } from "chai";
import { payloadOf, runLambda } from "../support/running-lambda.ts";

const source = `
import fs, { readFileSync } from "node:fs";
import { readFile } from "fs/promises";
import { promisify } from "node:util";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
const required = createRequire(import.meta.url)("fs");
export async function handler() {
  fs.writeFileSync("a.txt", "here");
  await fs.promises.mkdir("folder");
  fs.copyFileSync("a.txt", "./folder/b.txt");
  fs.renameSync("folder/b.txt", "folder/c.txt");
  fs.symlinkSync("c.txt", "folder/link");
  return [
    readFileSync("a.txt", "utf8"),
    await readFile("a.txt", "utf8"),
    await promisify(required.readFile)("folder/../a.txt", "utf8"),
    await text(fs.createReadStream("folder/link")),
    fs.existsSync(process.cwd() + "/folder/c.txt"),
    fs.realpathSync("a.txt") === fs.realpathSync(process.env.LAMBDA_TASK_ROOT + "/a.txt"),
    readFileSync(new URL("a.txt", import.meta.url), "utf8"),
    fs.readFileSync(fs.openSync("a.txt"), "utf8"),
    await promisify(fs.exists)("a.txt"),
    fs.realpathSync.native("folder/link") === fs.realpathSync("folder/c.txt"),
    fs.existsSync("package-lock.json"),
    fs.readFileSync(Buffer.from("a.txt"), "utf8"),
    fs.existsSync(""),
  ];
}`;

describe("the working directory of a function", () => {
  it("is that of its code, for every form of fs", async () => {
    const running = await runLambda(source);
    const seen = payloadOf(await running.invoke());
    await running.close();
    expect(seen).to.deep.equal([
      "here",
      "here",
      "here",
      "here",
      true,
      true,
      "here",
      "here",
      true,
      true,
      false,
      "here",
      false,
    ]);
  });
});
