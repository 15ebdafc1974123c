// A data directory has one user at a time. LevelDB locks it too, but dynalite ends the whole process when that lock is taken.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface DataDirectory {
  /** Where LevelDB keeps its files. */
  readonly path: string;
  release(): void;
}

/** Throws when another process that is still alive holds the directory. */
export function occupyDataDirectory(directory: string): DataDirectory {
  makeDataDirectory(directory);
  const lock = join(directory, "in-use-by-process");
  if (!tryToWrite(lock)) {
    const owner = Number(readFileSync(lock, "utf8"));
    if (isAlive(owner)) {
      throw new Error(
        `The data directory ${directory} is in use by process ${owner}. Stop that one, choose another directory, or delete ${lock} if it is none of ours.`,
      );
    }
    rmSync(lock, { force: true });
    if (!tryToWrite(lock)) throw new Error(`The data directory ${directory} was taken by another process this moment.`);
  }
  return { path: join(directory, "leveldb"), release: () => rmSync(lock, { force: true }) };
}

export function makeDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const isFile = error.code === "EEXIST" || error.code === "ENOTDIR";
    const reason = isFile ? `it, or a part of its path, is a file` : error.message;
    throw new Error(`The data directory ${directory} cannot be made: ${reason}. Choose another directory.`);
  }
}

function tryToWrite(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is alive, and another user's.
    return isSystemError(error) && error.code === "EPERM";
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
