import { expect } from "chai";
import { parsePolicy } from "#local/iam/parse-policy.ts";

const problemsOf = (policy: unknown): readonly string[] => parsePolicy(JSON.stringify(policy)).problems;
const allow = { Effect: "Allow", Action: "*", Resource: "*" };

describe("IAM policy document", () => {
  it("takes single values for lists", () => {
    const { statements, problems } = parsePolicy(
      JSON.stringify({ Statement: { ...allow, Sid: "All", Condition: { Bool: { "aws:SecureTransport": true } } } }),
    );
    expect(problems).to.deep.equal([]);
    expect(statements).to.deep.equal([
      {
        sid: "All",
        effect: "Allow",
        actions: ["*"],
        resources: ["*"],
        conditions: { Bool: { "aws:SecureTransport": ["true"] } },
      },
    ]);
  });

  it("names a condition operator it cannot evaluate", () => {
    const [problem, ...others] = problemsOf({
      Statement: [allow, { ...allow, Condition: { BinaryEquals: { key: "YQ==" } } }],
    });
    expect(others).to.deep.equal([]);
    expect(problem).to.match(
      /^Statement\[1\]\.Condition: the operator BinaryEquals cannot be evaluated here; known are StringEquals, /,
    );
  });

  it("names a condition key whose absence would wrongly allow", () => {
    const problems = problemsOf({
      Statement: { ...allow, Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": "a" } } },
    });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.contain("dynamodb:Attributes is not known here");
  });

  it("takes policy variables, and names one that is not closed", () => {
    expect(problemsOf({ Statement: { ...allow, Resource: "arn:aws:s3:::b/${aws:username}" } })).to.deep.equal([]);
    const problems = problemsOf({ Statement: { ...allow, Resource: "arn:aws:s3:::b/${aws:username" } });
    expect(problems[0]).to.contain('"arn:aws:s3:::b/${aws:username" is not closed');
  });

  it("lists everything that is wrong", () => {
    const problems = problemsOf({ Statement: [{ Effect: "Permit" }, { Effect: "Allow" }, "x"] });
    expect(problems).to.deep.equal([
      'Statement[0].Effect is "Permit"; it is "Allow" or "Deny"',
      "Statement[1] needs one of Action and NotAction",
      "Statement[1] needs one of Resource and NotResource",
      "Statement[2] is missing or not an object",
    ]);
  });

  it("refuses what is not JSON", () => {
    expect(parsePolicy("{").problems[0]).to.match(/^the policy is not JSON: /);
  });
});
