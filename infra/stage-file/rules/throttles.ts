import { fields } from "../fields.ts";
import type { Report, Rule } from "./rule.ts";

/** What AWS allows an account per Region (aws facts §5.1); newer Regions start lower. */
const ACCOUNT = { rate: 10_000, burst: 5_000 };
const ACCOUNT_IN_NEWER_REGION = { rate: 2_500, burst: 1_250 };
const NEWER_REGIONS: ReadonlySet<unknown> = new Set([
  "af-south-1",
  "ap-south-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-7",
  "ca-west-1",
  "eu-central-2",
  "eu-south-1",
  "eu-south-2",
  "il-central-1",
  "me-central-1",
  "mx-central-1",
]);

export const throttlesWithinAccount: Rule = (stage, report) => {
  const region = fields(stage.aws).region;
  const limits = NEWER_REGIONS.has(region) ? ACCOUNT_IN_NEWER_REGION : ACCOUNT;
  checkThrottle(stage.throttle, ["throttle"], limits, report);
  for (const [key, route] of Object.entries(fields(stage.routes)))
    checkThrottle(fields(route).throttle, ["routes", key, "throttle"], limits, report);
};

function checkThrottle(throttle: unknown, at: readonly string[], limits: typeof ACCOUNT, report: Report): void {
  for (const half of ["burst", "rate"] as const) {
    const value = fields(throttle)[half];
    if (typeof value === "number" && value > limits[half]) {
      const expected = `at most ${limits[half].toLocaleString("en-US")}, the limit of the account in the Region`;
      report([...at, half], { expected });
    }
  }
}
