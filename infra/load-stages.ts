import { loadStage } from "./stage-file/load-stage.ts";
import { StageFileError, type StageProblem } from "./stage-file/problem.ts";
import type { StageConfig } from "./stage-file/schema.ts";

/** Several stages; what is wrong in any of them is thrown together, and once if they inherit it from the same file. */
export function loadStages(files: readonly string[]): StageConfig[] {
  const stages: StageConfig[] = [];
  const problems = new Map<string, StageProblem>();
  for (const file of files) {
    try {
      stages.push(loadStage(file));
    } catch (error) {
      if (!(error instanceof StageFileError)) throw error;
      for (const problem of error.problems) problems.set(JSON.stringify(problem), problem);
    }
  }
  if (problems.size > 0) throw new StageFileError([...problems.values()]);
  return stages;
}
