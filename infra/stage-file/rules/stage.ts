import path from "node:path";
import { fields } from "../fields.ts";
import type { Rule } from "./rule.ts";

/**
 * The file is how people name the stage: `npm run synth -- --stage dev` reads dev.json. Examples are named after the systems they
 * replace, whose stages may share a name, and are found by their path only.
 */
export function namedAsFile(file: string): Rule {
  const fileName = path.basename(file, ".json");
  const isExample = path.basename(path.dirname(path.resolve(file))) === "examples";
  return (stage, report) => {
    if (!isExample && typeof stage.stage === "string" && stage.stage !== fileName)
      report(["stage"], { expected: `"${fileName}", as the file is called ${fileName}.json` });
  };
}

export const tracedLogs: Rule = (stage, report) => {
  const logs = fields(stage.logs);
  if (logs.dataTrace === true && logs.level === "OFF")
    report(["logs", "dataTrace"], {
      expected: 'false, or a "level" other than OFF: a trace goes to the execution log',
    });
};

/** What AWS allows a resource, without the one that the stack adds (`Stack`). */
const MOST_TAGS = 49;

export const fewTags: Rule = (stage, report) => {
  const count = Object.keys(fields(stage.tags)).length;
  if (count > MOST_TAGS) report(["tags"], { found: `${count} tags`, expected: `at most ${MOST_TAGS}` });
};
