import { execFileSync } from "node:child_process";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { buildProgram, isFresh } from "#scripts/bundled-program.mjs";
import { temporaryFolder } from "../infra/synthesized.ts";

const FILE = "dist/hello.mjs";

describe("a command as one file", () => {
  let root: string;
  beforeEach(() => {
    root = temporaryFolder();
    write(
      "main.ts",
      'import { name } from "./name.ts";\nconst greeting: string = "hello";\nconsole.log(greeting, name);\n',
    );
    write("name.ts", 'export const name = "Ann";\n');
    mkdirSync(path.join(root, "data"));
    write("data/one.txt", "1");
  });

  const write = (file: string, text: string) => writeFileSync(path.join(root, file), text);
  const build = () => buildProgram(root, { file: FILE, entry: "main.ts", besides: ["data"] });
  const run = () => execFileSync(process.execPath, [path.join(root, FILE)], { encoding: "utf8" });
  /** As if it had been changed in a second from now. */
  const touch = (file: string) => utimesSync(path.join(root, file), new Date(), new Date(Date.now() + 1_000));

  it("is not there until it is made", async () => {
    expect(isFresh(root, FILE)).to.equal(false);
    expect(await build()).to.be.greaterThan(0);
    expect(isFresh(root, FILE)).to.equal(true);
    expect(run()).to.equal("hello Ann\n");
  });

  it("is made anew when one of its sources has changed", async () => {
    await build();
    write("name.ts", 'export const name = "Bo";\n');
    touch("name.ts");
    expect(isFresh(root, FILE)).to.equal(false);
    await build();
    expect(run()).to.equal("hello Bo\n");
  });

  it("is made anew when a file has changed that it only reads", async () => {
    await build();
    touch("data/one.txt");
    expect(isFresh(root, FILE)).to.equal(false);
  });

  it("says what is wrong with its sources, and leaves what there was", async () => {
    await build();
    write("name.ts", "export const = 1;\n");
    const failure = await build().catch((error: Error) => error.message);
    expect(failure).to.include("name.ts:1:13");
    expect(run()).to.equal("hello Ann\n");
  });
});
