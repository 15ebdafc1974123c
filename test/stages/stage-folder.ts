import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { formatProblem, StageFileError, type StageProblem } from "#infra/stage-file/problem.ts";

const BASE = fileURLToPath(new URL("../fixtures/stages/base.json", import.meta.url));

const ROOT = mkdtempSync(path.join(tmpdir(), "websocket-api-"));
process.once("exit", () => rmSync(ROOT, { recursive: true, force: true }));

/** A folder with base.json, a complete and correct stage but for its name, and what else a test writes into it. */
export class StageFolder {
  readonly path = mkdtempSync(path.join(ROOT, "stages-"));

  constructor() {
    copyFileSync(BASE, this.file("base.json"));
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  /** Text as it stands; anything else as JSON. */
  write(name: string, content: unknown): string {
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 2);
    writeFileSync(this.file(name), text);
    return this.file(name);
  }

  /** dev.json: base.json with these changes. */
  stage(change: object = {}): string {
    return this.write("dev.json", { extends: "./base.json", stage: "dev", ...change });
  }
}

export function problemsOf(file: string): readonly StageProblem[] {
  try {
    loadStage(file);
  } catch (error) {
    if (error instanceof StageFileError) return error.problems;
    throw error;
  }
  return [];
}

/** The one problem of base.json with these changes. */
export function refusalOf(change: object): StageProblem {
  const problems = problemsOf(new StageFolder().stage(change));
  expect(problems.map(formatProblem)).to.have.length(1);
  return problems[0] as StageProblem;
}
