// All the rules, over one merged stage.
import { fields, valueAt } from "./fields.ts";
import { memberAt, placeOf } from "./located.ts";
import type { Merged } from "./merge.ts";
import { pointerTo, type StageProblem } from "./problem.ts";
import { quote } from "./quote.ts";
import { environmentKeys, environmentSize } from "./rules/environment.ts";
import { functionNames, routedTimeouts, usedFunctions } from "./rules/functions.ts";
import { oneWayRoutes, routeFunctions, routeKeys } from "./rules/routes.ts";
import type { Rule } from "./rules/rule.ts";
import { noSecrets } from "./rules/secrets.ts";
import { fewTags, namedAsFile, tracedLogs } from "./rules/stage.ts";
import { throttlesWithinAccount } from "./rules/throttles.ts";

const RULES: readonly Rule[] = [
  routeKeys,
  routeFunctions,
  oneWayRoutes,
  functionNames,
  usedFunctions,
  routedTimeouts,
  environmentKeys,
  environmentSize,
  noSecrets,
  throttlesWithinAccount,
  tracedLogs,
  fewTags,
];

export function checkRules(merged: Merged, value: unknown, fileName: string): StageProblem[] {
  const problems: StageProblem[] = [];
  for (const rule of [...RULES, namedAsFile(fileName)]) {
    rule(fields(value), (path, { found, expected, at }) => {
      const member = memberAt(merged.root, path);
      const place = at === "key" && member !== undefined ? member.keyPlace : placeOf(merged.root, path);
      problems.push({ ...place, pointer: pointerTo(path), found: found ?? quote(valueAt(value, path)), expected });
    });
  }
  return problems;
}
