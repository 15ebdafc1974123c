import path from "node:path";
import { UsageError } from "#infra/command-line.ts";
import { didYouMean } from "#infra/stage-file/did-you-mean.ts";
import { findStages } from "#infra/stage-file/find-stages.ts";

/** The file of a stage of `folder`; throws a UsageError that lists them when there is none of that name. */
export function askedStage(name: string, folder: string): string {
  const files = findStages(folder);
  const names = files.map((file) => path.basename(file, ".json"));
  const file = files[names.indexOf(name)];
  if (file !== undefined) return file;
  const guess = didYouMean(name, names);
  throw new UsageError(
    `--stage is ${JSON.stringify(name)}: ${guess}there are ${names.join(", ")} in ${path.relative(process.cwd(), folder) || "."}.`,
  );
}
