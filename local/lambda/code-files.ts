import { sep } from "node:path";

/** What tools keep beside code, and nobody means to deploy: the providers of Terraform alone are larger than Lambda's limit. */
const kept = new Set([".git", ".local", ".terraform"]);

/** Whether a path below a function's directory is part of its code. */
export function isCode(path: string): boolean {
  return !path.split(sep).some((name) => kept.has(name));
}
