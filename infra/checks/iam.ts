import { type Fields, fields } from "../stage-file/fields.ts";
import { allowed, list, statementsOf } from "./policy.ts";
import type { CheckRule } from "./rule.ts";
import type { Resource } from "./stack-file.ts";

/** Actions for which IAM knows no resources to name. */
const WITHOUT_RESOURCES: ReadonlySet<string> = new Set(["xray:PutTraceSegments", "xray:PutTelemetryRecords"]);
/** With these whoever has a role can give itself another. */
const ESCALATING = /^(iam|sts|organizations|lambda:(Add|Remove)Permission|lambda:(Create|Update)Function)/i;
/** What IAM allows all inline policies of a role together. */
const LONGEST_POLICY = 10_240;

const policy = "aws_iam_role_policy";

export const IAM_RULES: readonly CheckRule[] = [
  {
    id: "policy-readable",
    standsFor: ["aws_iam_policy_sid_invalid_characters"],
    of: policy,
    wrong: ({ args }) => {
      const statements = statementsOf(args.policy);
      if (statements === undefined) return "is no policy document: write its policy as JSON";
      const bad = statements.find(({ Sid }) => Sid !== undefined && !/^[A-Za-z0-9]*$/.test(String(Sid)));
      return bad && `has the Sid ${JSON.stringify(bad.Sid)}: write letters and digits only`;
    },
  },
  {
    id: "policy-names-actions",
    standsFor: [
      "CKV_AWS_62",
      "CKV_AWS_63",
      "CKV_AWS_286",
      "CKV_AWS_289",
      "CKV_AWS_290",
      "CKV2_AWS_40",
      "AWS-0057",
      "IAM5",
    ],
    of: policy,
    wrong: ({ args }) => about(args, "Action", (action) => action.includes("*"), "allows the actions", "name each"),
  },
  {
    id: "policy-names-resources",
    standsFor: [
      "CKV_AWS_108",
      "CKV_AWS_111",
      "CKV_AWS_287",
      "CKV_AWS_288",
      "CKV_AWS_355",
      "CKV_AWS_356",
      "AWS-0057",
      "IAM5",
    ],
    of: policy,
    wrong: ({ args }) => {
      const scoped = allowed(args.policy).filter(
        ({ Action, Resource }) =>
          list(Resource).includes("*") && !list(Action).every((action) => WITHOUT_RESOURCES.has(action)),
      );
      const actions = scoped.flatMap(({ Action }) => list(Action));
      return actions.length === 0 ? undefined : `allows ${actions.join(", ")} on everything: name the resources`;
    },
  },
  {
    id: "policy-no-escalation",
    standsFor: ["CKV_AWS_107", "CKV_AWS_109", "CKV_AWS_110", "CKV_AWS_286"],
    of: policy,
    wrong: ({ args }) =>
      about(args, "Action", (action) => ESCALATING.test(action), "could give itself more with", "leave them out"),
  },
  {
    id: "policy-short",
    standsFor: ["aws_iam_policy_too_long_policy"],
    of: policy,
    wrong: ({ args }) => {
      const { length } = String(args.policy).replace(/\s/g, "");
      return length > LONGEST_POLICY
        ? `has ${length} characters, and IAM takes ${LONGEST_POLICY}: grant less`
        : undefined;
    },
  },
  {
    id: "role-trusts-service",
    standsFor: ["CKV_AWS_60", "CKV_AWS_61"],
    of: "aws_iam_role",
    wrong: ({ args }) =>
      allowed(args.assume_role_policy).some(({ Principal }) => Object.keys(fields(Principal)).join() !== "Service")
        ? "can be taken by others than an AWS service: name a Service as Principal"
        : undefined,
  },
  {
    id: "role-own-policies",
    standsFor: ["IAM4", "CKV_AWS_274", "CKV2_AWS_56"],
    of: "aws_iam_role_policy_attachment",
    wrong: ({ args }) =>
      String(args.policy_arn).includes(":aws:policy/")
        ? `attaches ${args.policy_arn}, which AWS changes as it likes: write a policy of your own`
        : undefined,
  },
  {
    id: "role-plain",
    standsFor: ["aws_iam_role_deprecated_policy_attributes"],
    of: "aws_iam_role",
    wrong: ({ args }) =>
      args.inline_policy === undefined && args.managed_policy_arns === undefined
        ? undefined
        : "holds policies in arguments that the provider gives up: write aws_iam_role_policy beside it",
  },
  ...[policy, "aws_iam_role_policy_attachment"].map((of) => ({
    id: of === policy ? "policy-any-partition" : "attachment-any-partition",
    standsFor: [`${of}_gov_friendly_arns`],
    of,
    wrong: ({ args }: Resource) =>
      /\barn:aws:/.test(`${args.policy} ${args.policy_arn}`)
        ? "names ARNs of the commercial Regions, which are none in China and GovCloud: begin them with the partition"
        : undefined,
  })),
];

function about(args: Fields, key: string, bad: (value: string) => boolean, what: string, what2do: string) {
  const found = allowed(args.policy).flatMap((statement) => list(statement[key]).filter(bad));
  return found.length === 0 ? undefined : `${what} ${found.join(", ")}: ${what2do}`;
}
