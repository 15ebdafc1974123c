// All the rules, over one merged stage.
import { fields, valueAt } from "./fields.ts";
import { memberAt, placeOf } from "./located.ts";
import type { Merged } from "./merge.ts";
import { pointerTo, type StageProblem } from "./problem.ts";
import { quote } from "./quote.ts";
import { authFunction, completeAuth, memberRooms, noTokensInLogs, prefixOfRooms } from "./rules/auth.ts";
import { environmentKeys, environmentSize } from "./rules/environment.ts";
import { functionNames, routedTimeouts } from "./rules/functions.ts";
import { heardBudget, nearCertificates, oneTopic, provenDomain } from "./rules/operations.ts";
import { productionIsSafe } from "./rules/production.ts";
import { oneWayRoutes, routeFunctions, routeKeys } from "./rules/routes.ts";
import type { Rule } from "./rules/rule.ts";
import { noSecrets, oneReader } from "./rules/secrets.ts";
import { fewTags, namedAsFile, tracedLogs } from "./rules/stage.ts";
import { throttlesWithinAccount } from "./rules/throttles.ts";

const RULES: readonly Rule[] = [
  routeKeys,
  routeFunctions,
  oneWayRoutes,
  functionNames,
  routedTimeouts,
  environmentKeys,
  environmentSize,
  noSecrets,
  oneReader,
  throttlesWithinAccount,
  tracedLogs,
  fewTags,
  completeAuth,
  prefixOfRooms,
  authFunction,
  noTokensInLogs,
  memberRooms,
  heardBudget,
  oneTopic,
  provenDomain,
  nearCertificates,
  productionIsSafe,
];

export function checkRules(merged: Merged, value: unknown, file: string): StageProblem[] {
  const problems: StageProblem[] = [];
  for (const rule of [...RULES, namedAsFile(file)]) {
    rule(fields(value), (path, { found, expected, at }) => {
      const member = memberAt(merged.root, path);
      const place = at === "key" && member !== undefined ? member.keyPlace : placeOf(merged.root, path);
      problems.push({ ...place, pointer: pointerTo(path), found: found ?? quote(valueAt(value, path)), expected });
    });
  }
  return problems;
}
