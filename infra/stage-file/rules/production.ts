// What nobody may forget where it counts.
import { type Fields, fields } from "../fields.ts";
import type { Rule } from "./rule.ts";

const LEAST_RETENTION_DAYS = 365;

/** A stage that says so, or that is called prod or production (prod-eu too) and does not deny it. */
export function isProduction({ stage, production }: Fields): boolean {
  if (typeof production === "boolean") return production;
  return typeof stage === "string" && /(^|[-_])prod(uction)?([-_]|$)/i.test(stage);
}

export const productionIsSafe: Rule = (stage, report) => {
  if (!isProduction(stage)) return;
  const aws = fields(stage.aws);
  const logs = fields(stage.logs);
  const tables = fields(stage.tables);
  if (aws.accountId === undefined)
    report(["aws", "accountId"], {
      expected: "the account of a production stage, so that it is never deployed to another",
    });
  if (fields(stage.auth).mode !== "jwt")
    report(["auth"], {
      found: "whoever says who they are, believed",
      expected: '"mode": "jwt" with an issuer and an audience in a production stage',
    });
  if (/^http:/.test(String(fields(stage.auth).issuer)))
    report(["auth", "issuer"], { expected: "an https URL in a production stage" });
  if (tables.deletionProtection === false)
    report(["tables", "deletionProtection"], { expected: "true in a production stage" });
  if (tables.pointInTimeRecovery === false)
    report(["tables", "pointInTimeRecovery"], { expected: "true in a production stage" });
  if (logs.dataTrace === true)
    report(["logs", "dataTrace"], { expected: "false in a production stage: it writes messages to the log" });
  if (typeof logs.retentionDays === "number" && logs.retentionDays < LEAST_RETENTION_DAYS)
    report(["logs", "retentionDays"], { expected: `at least ${LEAST_RETENTION_DAYS} in a production stage` });
  if (!hasDestination(stage.alarms))
    report(["alarms"], {
      found: stage.alarms === undefined ? "nothing" : "alarms that nobody hears",
      expected: '"emails" or a "topicArn" in a production stage',
    });
};

export function hasDestination(alarms: unknown): boolean {
  const { emails, topicArn } = fields(alarms);
  return (Array.isArray(emails) && emails.length > 0) || topicArn !== undefined;
}
