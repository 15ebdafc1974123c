// A data directory has one user at a time. LevelDB locks it too, but dynalite ends the whole process when that lock is taken.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../make-directory.ts";

export interface DataDirectory {
  /** Where LevelDB keeps its files. */
  readonly path: string;
  release(): void;
}

/** Throws when another process that is still alive holds the directory. */
export function occupyDataDirectory(directory: string): DataDirectory {
  makeDataDirectory(directory);
  const path = join(directory, "leveldb");
  // dynalite would end the process when it is not to be had
  makeDirectory(path, "The data directory");
  const lock = join(directory, "in-use-by-process");
  try {
    occupy(directory, lock);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Error(`The data directory ${directory} cannot be used: ${error.message}. Choose another directory.`);
  }
  return { path, release: () => rmSync(lock, { force: true }) };
}

function occupy(directory: string, lock: string): void {
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
}

export function makeDataDirectory(directory: string): void {
  makeDirectory(directory, "The data directory");
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
