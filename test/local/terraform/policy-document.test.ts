import { expect } from "chai";
import { policyDocument } from "#local/terraform/attributes/policy-document.ts";
import type { Subject } from "#local/terraform/attributes/subject.ts";

function documentOf(attributes: Readonly<Record<string, unknown>>): unknown {
  const subject: Pick<Subject, "attribute"> = { attribute: (name) => attributes[name] };
  return policyDocument(subject);
}

describe("data.aws_iam_policy_document", () => {
  it("writes blocks as IAM writes statements", () => {
    const statement = {
      sid: "One",
      not_actions: ["a:Get", "a:Put"],
      not_resources: ["arn:x"],
      principals: [{ type: "Service", identifiers: ["lambda.amazonaws.com"] }],
      condition: [
        { test: "StringEquals", variable: "aws:SourceAccount", values: ["1"] },
        { test: "StringEquals", variable: "aws:RequestedRegion", values: ["a", "b"] },
      ],
    };
    expect(documentOf({ statement })).to.deep.equal({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "One",
          Effect: "Allow",
          NotAction: ["a:Get", "a:Put"],
          NotResource: "arn:x",
          Principal: { Service: "lambda.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "1", "aws:RequestedRegion": ["a", "b"] } },
        },
      ],
    });
  });

  it("writes policy variables as IAM does", () => {
    const statement = [{ actions: ["s3:*"], resources: ["arn:aws:s3:::b/&{aws:username}"] }];
    expect(documentOf({ statement })).to.have.nested.property(
      "Statement[0].Resource",
      "arn:aws:s3:::b/${aws:username}",
    );
  });

  it("adds source documents, and replaces statements of the same sid", () => {
    const source = JSON.stringify({ Statement: [{ Sid: "A", Effect: "Allow" }, { Effect: "Deny" }] });
    const override = JSON.stringify({ Statement: { Sid: "B", Effect: "Deny" } });
    const document = documentOf({
      source_policy_documents: [source],
      override_policy_documents: [override],
      statement: [{ sid: "A", effect: "Deny" }, { sid: "B" }, { sid: "C" }],
    });
    expect(document).to.have.deep.property("Statement", [
      { Sid: "A", Effect: "Deny" },
      { Effect: "Deny" },
      { Sid: "B", Effect: "Deny" },
      { Sid: "C", Effect: "Allow" },
    ]);
  });
});
