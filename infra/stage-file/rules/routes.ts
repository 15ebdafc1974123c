import { didYouMean } from "../did-you-mean.ts";
import { fields } from "../fields.ts";
import { quote } from "../quote.ts";
import type { Rule } from "./rule.ts";

const OWN_KEYS = ["$connect", "$disconnect", "$default"];
/** Quota per API (aws facts §5.1). */
const MOST_ROUTES = 300;

export const routeKeys: Rule = (stage, report) => {
  const keys = Object.keys(fields(stage.routes));
  if (keys.length === 0 && stage.routes !== undefined)
    report(["routes"], { found: "no route", expected: "at least one: API Gateway deploys no API without routes" });
  if (keys.length > MOST_ROUTES)
    report(["routes"], { found: `${keys.length} routes`, expected: `at most ${MOST_ROUTES}, the quota of an API` });
  for (const key of keys) {
    if (key.startsWith("$") && !OWN_KEYS.includes(key)) {
      const expected = `${didYouMean(key, OWN_KEYS)}Only ${OWN_KEYS.join(", ")} start with $`;
      report(["routes", key], { found: `the key ${quote(key)}`, expected, at: "key" });
    }
    if (key === "" || key.length > 128 || key !== key.trim())
      report(["routes", key], {
        found: `the key ${quote(key)}`,
        expected: "1 to 128 characters, no space around them",
        at: "key",
      });
  }
};

export const routeFunctions: Rule = (stage, report) => {
  const functions = Object.keys(fields(stage.functions));
  for (const [key, route] of Object.entries(fields(stage.routes))) {
    const name = fields(route).function;
    if (typeof name !== "string" || functions.includes(name)) continue;
    const expected = `${didYouMean(name, functions)}a key of "functions": ${functions.join(", ") || "there are none"}`;
    report(["routes", key, "function"], { expected });
  }
};

/** The handshake's answer carries no body, and a closed socket hears nothing (aws facts §3.4). */
export const oneWayRoutes: Rule = (stage, report) => {
  for (const key of ["$connect", "$disconnect"]) {
    if (fields(fields(stage.routes)[key]).twoWay === true)
      report(["routes", key, "twoWay"], { expected: `false: nothing can be sent back on ${key}` });
  }
};
