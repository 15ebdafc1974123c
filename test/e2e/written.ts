// Everything that a run has written, to be searched for what must not be there.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";

export async function writtenBelow(
  folder: string,
): Promise<{ readonly files: readonly string[]; readonly text: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  const texts = await Promise.all(files.map((file) => readFile(file, "latin1")));
  return { files: files.map((file) => path.relative(folder, file)), text: texts.join("\n") };
}

/** Neither a token nor its claims nor its signature; what is no JWT, not at all. */
export function expectUnwritten(token: string, written: string): void {
  const [, claims = token, signature = token] = token.split(".");
  expect(written.includes(token) || written.includes(claims), "a token's claims").to.equal(false);
  expect(written.includes(signature), "a token's signature").to.equal(false);
}
