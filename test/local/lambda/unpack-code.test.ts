import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { zipSync } from "fflate";
import { unpackCode } from "#local/lambda/unpack-code.ts";

describe("unpacking a function's code", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "unpack-code-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("copies a directory without what tools keep in it, and takes no change of that for one", async () => {
    const code = path.join(directory, "code");
    await mkdir(path.join(code, ".terraform/providers"), { recursive: true });
    await writeFile(path.join(code, "index.mjs"), "export const handler = () => {};");
    const root = path.join(directory, "unpacked");
    const first = await unpackCode(code, root);
    await writeFile(path.join(code, ".terraform/providers/aws"), "large");
    expect(await unpackCode(code, root)).to.deep.equal(first);
    expect(await readdir(first.directory)).to.deep.equal(["index.mjs"]);
  });

  it("refuses a directory that holds its own copy, unless in what tools keep", async () => {
    await writeFile(path.join(directory, "index.mjs"), "export const handler = () => {};");
    const refused = await unpackCode(directory, path.join(directory, "tmp", "unpacked")).catch(String);
    expect(refused).to.equal(
      `Error: ${directory} holds the directory for temporary files, which is no function's code: set TMPDIR to another`,
    );
    const { directory: copy } = await unpackCode(directory, path.join(directory, ".local", "unpacked"));
    expect(await readdir(copy)).to.deep.equal(["index.mjs"]);
  });

  it("gives functions of one bundle, started at the same time, one whole directory and leaves nothing else", async () => {
    const zip = path.join(directory, "code.zip");
    await writeFile(zip, zipSync({ "index.mjs": new TextEncoder().encode("export const handler = () => {};") }));
    const root = path.join(directory, "unpacked");
    const unpacked = await Promise.all(Array.from({ length: 8 }, () => unpackCode(zip, root)));
    const [first] = unpacked;
    for (const one of unpacked) expect(one).to.deep.equal(first);
    expect(await readdir(root)).to.have.lengthOf(1);
    expect(await readdir(first?.directory ?? "")).to.deep.equal(["index.mjs"]);
  });
});
