// One stage, from its file and the files it extends: read, merged, checked. The only door: inside infra/ a StageConfig is right.
import { checkRules } from "./check-rules.ts";
import { type LocatedObject, plain } from "./located.ts";
import { mergeChain } from "./merge.ts";
import { StageFileError } from "./problem.ts";
import { readChain } from "./read-chain.ts";
import type { StageConfig } from "./schema.ts";
import { checkSchema } from "./schema-problems.ts";

/** Throws a StageFileError with everything that is wrong in the whole chain. */
export function loadStage(file: string): StageConfig {
  const chain = readChain(file);
  const own = chain.files.at(-1);
  // Without every file the stage is not known, and each value it lacks would look like a fault of its own.
  if (chain.problems.length > 0 || own === undefined) throw new StageFileError(chain.problems);

  const inherited = chain.files.slice(0, -1).map((base) => without(base, ["$schema", "extends", "stage"]));
  const [first, ...rest] = [...inherited, without(own, ["$schema", "extends"])];
  if (first === undefined) throw new StageFileError(chain.problems);
  const merged = mergeChain([first, ...rest]);
  const value = plain(merged.root);

  const checked = checkSchema(merged, value);
  const ofSchema = "problems" in checked ? checked.problems : [];
  const problems = [...merged.problems, ...ofSchema, ...checkRules(merged, value, file)];
  if (problems.length > 0 || !("stage" in checked)) throw new StageFileError(problems);
  return checked.stage;
}

function without(file: LocatedObject, keys: readonly string[]): LocatedObject {
  return { ...file, members: new Map([...file.members].filter(([key]) => !keys.includes(key))) };
}
