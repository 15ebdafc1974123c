// A directory that can be written to, made with those it lies in, or an error that says what is in the way. One level at a time: Node's
// `recursive` never comes back where the system makes no directory in one that is there, such as /proc (Node 20.20).
import { mkdirSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";

/** @param what it is, as a sentence begins: "The data directory" */
export function makeDirectory(directory: string, what: string): void {
  try {
    make(directory);
  } catch (error) {
    throw new Error(`${what} ${directory} cannot be made: ${reasonOf(error)}. Choose another directory.`);
  }
  try {
    // permissions do not tell it: the disk may be read-only, full, or none
    rmdirSync(mkdtempSync(path.join(directory, ".tried-")));
  } catch (error) {
    throw new Error(`${what} ${directory} cannot be written to: ${reasonOf(error)}. Choose another directory.`);
  }
}

function make(directory: string): void {
  if (isDirectory(directory)) return;
  const parent = path.dirname(directory);
  if (parent !== directory) make(parent);
  try {
    mkdirSync(directory);
  } catch (error) {
    // another process may have been quicker
    if (!isDirectory(directory)) throw error;
  }
}

function isDirectory(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EEXIST" || code === "ENOTDIR") return "it, or a part of its path, is a file";
  if (code === "ENOENT") return `nothing can be made in that place (${message})`;
  return message;
}
