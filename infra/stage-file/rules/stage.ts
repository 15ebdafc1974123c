import { fields } from "../fields.ts";
import type { Rule } from "./rule.ts";

/** The file is how people name the stage: `npm run synth -- --stage dev` reads dev.json. */
export function namedAsFile(fileName: string): Rule {
  return (stage, report) => {
    if (typeof stage.stage === "string" && stage.stage !== fileName)
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

/** What AWS allows a resource. */
const MOST_TAGS = 50;

export const fewTags: Rule = (stage, report) => {
  const count = Object.keys(fields(stage.tags)).length;
  if (count > MOST_TAGS) report(["tags"], { found: `${count} tags`, expected: `at most ${MOST_TAGS}` });
};
