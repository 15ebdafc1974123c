// Follows "extends" from a stage file to the most basic one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { didYouMean } from "./did-you-mean.ts";
import { displayPath } from "./display-path.ts";
import { findStages } from "./find-stages.ts";
import type { LocatedObject, LocatedValue } from "./located.ts";
import { parseJson } from "./parse-json.ts";
import type { StageProblem } from "./problem.ts";

export interface Chain {
  /** The most basic file first, the stage's own file last. Unreadable files are missing from it, and in `problems`. */
  readonly files: readonly LocatedObject[];
  readonly problems: readonly StageProblem[];
}

export function readChain(file: string): Chain {
  const files: LocatedObject[] = [];
  const problems: StageProblem[] = [];
  const seen: string[] = [];
  let next: string | undefined = path.resolve(file);
  while (next !== undefined) {
    seen.push(next);
    const text = readText(next);
    if (typeof text !== "string") return { files, problems: [...problems, unreadable(next, text)] };
    const parsed = parseJson(next, text);
    problems.push(...parsed.problems);
    const root = parsed.root;
    if (root === undefined) break;
    files.unshift(root);
    next = extended(root, seen, problems);
  }
  return { files, problems };
}

function readText(file: string): string | NodeJS.ErrnoException {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, " ");
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

/** Only its own absence is of the file asked for alone: what "extends" names is looked for first, and reported at the place that names it. */
function unreadable(file: string, { code, message }: NodeJS.ErrnoException): StageProblem {
  const place = { file: displayPath(file), line: 1, column: 1, pointer: "" };
  if (code === "ENOENT") return { ...place, found: "no such file", expected: `a stage file${stagesThere(file)}` };
  if (code !== "EISDIR") return { ...place, found: `what cannot be read: ${message}`, expected: "a stage file" };
  const [first] = findStages(file);
  const remedy = first === undefined ? "" : `, such as ${displayPath(first)}`;
  return { ...place, found: "a directory", expected: `a stage file${remedy}` };
}

function stagesThere(file: string): string {
  const folder = path.dirname(file);
  const guess = didYouMean(path.basename(file, ".json"), stems(jsonFilesIn(folder))).trim();
  const stages = existsSync(folder) ? stems(findStages(folder)) : [];
  const remedy = guess || (stages.length > 0 && `there are ${stages.join(", ")}`);
  return remedy ? `: ${remedy}` : "";
}

function extended(root: LocatedObject, seen: readonly string[], problems: StageProblem[]): string | undefined {
  const node = root.members.get("extends")?.value;
  if (node === undefined) return undefined;
  const refuse = (expected: string): undefined => {
    const found = node.kind === "value" ? JSON.stringify(node.value) : "an object";
    problems.push({ ...node.place, pointer: "/extends", found, expected });
  };
  const name = relativeName(node);
  if (name === undefined) return refuse('the path of a file relative to this one, such as "./base.json"');

  const folder = path.dirname(seen.at(-1) ?? "");
  const target = path.resolve(folder, name);
  const again = seen.indexOf(target);
  if (again !== -1) {
    const circle = [...seen.slice(again), target].map((link) => path.basename(link)).join(" → ");
    return refuse(`a file that does not lead back here: ${circle}`);
  }
  const neighbours = jsonFilesIn(path.dirname(target));
  if (neighbours.includes(path.basename(target))) return target;
  const guess = didYouMean(path.basename(target, ".json"), stems(neighbours));
  return refuse(`a file that exists: ${guess}There is no ${displayPath(target)}`);
}

function relativeName(node: LocatedObject | LocatedValue): string | undefined {
  const value = node.kind === "value" ? node.value : undefined;
  return typeof value === "string" && /^\.\.?\//.test(value) ? value : undefined;
}

function jsonFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

/** Compared without what all their names end in. */
function stems(names: readonly string[]): string[] {
  return names.map((name) => path.basename(name, ".json"));
}
