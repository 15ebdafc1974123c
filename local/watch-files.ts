// Tells when files change that a running stack is made of. Editors and builds replace files and whole directories, so it is
// directories that are watched, and anew after each change.
import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import { isCode } from "./lambda/code-files.ts";

/** A build writes many files: the change is told when it has been quiet for so long. */
const quietMs = 100;

export class FileWatch {
  readonly #onChange: () => void;
  readonly #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Files and directories, the latter with all that is in them; of `shallow` only what is in them directly. Instead of those before. */
  watch(paths: readonly string[], shallow: readonly string[] = []): void {
    this.#unwatch();
    const deep = new Set(paths.map(watched).filter((target) => paths.includes(target)));
    for (const target of deep) this.#watchDirectory(target, true);
    for (const target of new Set([...paths, ...shallow].map(watched))) {
      if (!deep.has(target)) this.#watchDirectory(target, false);
    }
  }

  #watchDirectory(directory: string, recursive: boolean): void {
    try {
      const watcher = watch(directory, { recursive, persistent: false }, (_, file) => {
        if (file === null || isCode(file)) this.#changed();
      });
      // A directory that goes takes its watcher along; its parent's tells.
      watcher.on("error", () => this.#changed());
      this.#watchers.push(watcher);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
      // Gone since it was looked for.
      this.#changed();
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unwatch();
  }

  #changed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, quietMs);
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }
}

/** The directory that tells of a path: itself, the one a file is in, or the nearest that exists. */
function watched(path: string): string {
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  let directory = dirname(path);
  while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory);
  return directory;
}
