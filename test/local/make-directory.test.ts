import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { makeDirectory } from "#local/make-directory.ts";

describe("a directory to keep something in", () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), "make-directory-"));
  });
  afterEach(() => rm(base, { recursive: true }));

  const refusal = (directory: string): string => {
    try {
      makeDirectory(directory, "The place");
    } catch (error) {
      return (error as Error).message;
    }
    return expect.fail(`${directory} was taken`);
  };

  it("is made with those it lies in, and taken as it is when it is there", () => {
    const deep = path.join(base, "a", "b", "c");
    for (let time = 0; time < 2; time++) {
      makeDirectory(deep, "The place");
      expect(existsSync(deep)).to.equal(true);
    }
  });

  it("may be behind a link", async () => {
    const link = path.join(base, "link");
    await symlink(base, link);
    makeDirectory(path.join(link, "here"), "The place");
    expect(readdirSync(base)).to.have.members(["link", "here"]);
    expect(readdirSync(path.join(base, "here"))).to.deep.equal([]);
  });

  it("is refused where a file is in the way", async () => {
    const file = path.join(base, "file");
    await writeFile(file, "");
    for (const inTheWay of [file, path.join(file, "below"), path.join(file, "further", "below")]) {
      expect(refusal(inTheWay)).to.equal(
        `The place ${inTheWay} cannot be made: it, or a part of its path, is a file. Choose another directory.`,
      );
    }
  });

  it("is refused where the system makes none, at once", () => {
    for (const where of ["/proc/xyz", "/proc/xyz/further/below", ""]) {
      expect(refusal(where)).to.match(/^The place .*cannot be made: .+\. Choose another directory\.$/);
    }
  });

  it("is refused where one is, and nothing can be made in it", function () {
    if (!existsSync("/proc/self")) this.skip();
    expect(refusal("/proc")).to.match(/^The place \/proc cannot be written to: .+\. Choose another directory\.$/);
  });

  it("is refused behind links that lead nowhere", async () => {
    for (const [name, to] of [
      ["dangling", "nowhere"],
      ["circle", "circle"],
    ] as const) {
      const link = path.join(base, name);
      await symlink(to, link);
      expect(refusal(link)).to.include(`${link} cannot be made: `);
    }
  });

  it("is refused where nothing may be written", async () => {
    await chmod(base, 0o555);
    asAnotherThanRoot(() => {
      expect(refusal(base)).to.match(/cannot be written to: EACCES.+ Choose another directory\.$/);
      expect(refusal(path.join(base, "below"))).to.match(/cannot be made: EACCES.+ Choose another directory\.$/);
    });
    await chmod(base, 0o755);
  });
});

/** Root may write everywhere. */
function asAnotherThanRoot(act: () => void): void {
  const own = process.geteuid?.();
  if (own === 0) process.seteuid?.(65_534);
  try {
    act();
  } finally {
    if (own === 0) process.seteuid?.(0);
  }
}
