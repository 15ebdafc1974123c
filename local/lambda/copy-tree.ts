import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readlink, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { isCode } from "./code-files.ts";

/**
 * A directory with all code in it at another place. A symbolic link within it leads to the copy of what it led to, one out of it to
 * where it did, so that packages linked by a package manager are found.
 */
export async function copyTree(from: string, to: string, root = from): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = (await readdir(from, { withFileTypes: true })).filter(({ name }) => isCode(name));
  await Promise.all(
    entries.map(async (entry) => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      if (entry.isDirectory()) await copyTree(source, target, root);
      else if (entry.isSymbolicLink()) await symlink(await leadsTo(source, root), target);
      else if (entry.isFile()) await copyFile(source, target, constants.COPYFILE_FICLONE);
    }),
  );
}

async function leadsTo(link: string, root: string): Promise<string> {
  const target = resolve(dirname(link), await readlink(link));
  return relative(root, target).startsWith("..") ? target : relative(dirname(link), target);
}
