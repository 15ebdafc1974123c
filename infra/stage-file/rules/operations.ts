import { fields } from "../fields.ts";
import { hasDestination } from "./production.ts";
import type { Rule } from "./rule.ts";

export const heardBudget: Rule = (stage, report) => {
  if (stage.budget !== undefined && !hasDestination(stage.alarms))
    report(["budget"], { found: "a budget that nobody hears of", expected: '"emails" or a "topicArn" in "alarms"' });
};

/** A topic of the team's own has its own subscribers. */
export const oneTopic: Rule = (stage, report) => {
  const { emails, topicArn } = fields(stage.alarms);
  if (Array.isArray(emails) && emails.length > 0 && topicArn !== undefined)
    report(["alarms", "emails"], { expected: 'none beside "topicArn": subscribe them to that topic' });
};

export const provenDomain: Rule = (stage, report) => {
  const { name, hostedZoneId, certificateArn } = fields(stage.domain);
  if (name !== undefined && hostedZoneId === undefined && certificateArn === undefined)
    report(["domain"], {
      found: "neither certificateArn nor hostedZoneId",
      expected: "certificateArn of an existing certificate, or hostedZoneId to make one",
    });
};

/** ACM certificates serve API Gateway in their own Region, and CloudFront from us-east-1 only. */
export const nearCertificates: Rule = (stage, report) => {
  const region = fields(stage.aws).region;
  const check = (at: readonly string[], arn: unknown, needed: unknown, whom: string) => {
    if (typeof arn === "string" && typeof needed === "string" && arn.split(":")[3] !== needed)
      report(at, { expected: `a certificate in ${needed}: ${whom} takes no other` });
  };
  check(["domain", "certificateArn"], fields(stage.domain).certificateArn, region, "API Gateway");
  const ofWeb = fields(fields(stage.web).domain).certificateArn;
  check(["web", "domain", "certificateArn"], ofWeb, "us-east-1", "CloudFront");
};
