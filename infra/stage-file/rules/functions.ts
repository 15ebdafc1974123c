import { fields } from "../fields.ts";
import { quote } from "../quote.ts";
import type { Rule } from "./rule.ts";

/** API Gateway waits no longer for an integration (aws facts §5.1). */
const MOST_SECONDS_ON_ROUTE = 29;
/** Lambda's function names and IAM's role names alike. */
const LONGEST_NAME = 64;

/** No underscore: it is what separates a function's name from its parts in Terraform addresses. */
export const functionNames: Rule = (stage, report) => {
  for (const name of Object.keys(fields(stage.functions))) {
    const found = `the key ${quote(name)}`;
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name)) {
      report(["functions", name], { found, expected: "a letter, then letters, digits and -", at: "key" });
    } else if (typeof stage.stage === "string") {
      const full = `websocket-api-${stage.stage}-${name}`;
      const expected = `a shorter name: ${full} has ${full.length} characters, Lambda and IAM allow ${LONGEST_NAME}`;
      if (full.length > LONGEST_NAME) report(["functions", name], { found, expected, at: "key" });
    }
  }
};

export const routedTimeouts: Rule = (stage, report) => {
  const functions = fields(stage.functions);
  for (const name of routedFunctions(stage)) {
    const timeout = fields(functions[name]).timeoutSeconds;
    if (typeof timeout === "number" && timeout > MOST_SECONDS_ON_ROUTE && timeout <= 900) {
      const expected = `at most ${MOST_SECONDS_ON_ROUTE}: API Gateway waits no longer for a function on a route`;
      report(["functions", name, "timeoutSeconds"], { expected });
    }
  }
};

function routedFunctions(stage: Parameters<Rule>[0]): ReadonlySet<string> {
  const names = Object.values(fields(stage.routes)).map((route) => fields(route).function);
  return new Set(names.filter((name) => typeof name === "string"));
}
