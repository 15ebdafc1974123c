import { expect } from "chai";
import { type AccessRequest, evaluate } from "#local/iam/evaluate.ts";
import { parsePolicy } from "#local/iam/parse-policy.ts";
import type { Role } from "#local/stack.ts";

const table = "arn:aws:dynamodb:eu-central-1:123456789012:table/chat-dev-messages";
const put: AccessRequest = { action: "dynamodb:PutItem", resource: table };

function roleWith(...statements: readonly object[]): Role {
  const { statements: parsed, problems } = parsePolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
  );
  expect(problems).to.deep.equal([]);
  return {
    arn: "arn:aws:iam::123456789012:role/chat-dev-message",
    name: "chat-dev-message",
    policies: [{ name: "inline", statements: parsed }],
  };
}

function allows(statement: object, request: AccessRequest = put): boolean {
  return evaluate(roleWith(statement), request).allowed;
}

describe("IAM evaluation", () => {
  it("denies what no statement allows, in AWS's words", () => {
    expect(evaluate(roleWith(), { ...put, sessionName: "chat-dev-message" })).to.deep.equal({
      allowed: false,
      explicit: false,
      message:
        "User: arn:aws:sts::123456789012:assumed-role/chat-dev-message/chat-dev-message is not authorized to perform: " +
        `dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    });
  });

  it("allows what a statement names", () => {
    expect(allows({ Effect: "Allow", Action: "dynamodb:PutItem", Resource: table })).to.equal(true);
  });

  it("lets one Deny win over every Allow", () => {
    const role = roleWith(
      { Effect: "Allow", Action: "*", Resource: "*" },
      { Effect: "Deny", Action: "dynamodb:Put*", Resource: table },
    );
    const decision = evaluate(role, put);
    expect(decision).to.include({ allowed: false, explicit: true });
    expect(decision)
      .to.have.property("message")
      .that.matches(/with an explicit deny in an identity-based policy: statement 2 of the policy "inline"$/);
    expect(evaluate(role, { ...put, action: "dynamodb:GetItem" }).allowed).to.equal(true);
  });

  it("says which statement nearly allowed it", () => {
    const messageOf = (...statements: readonly object[]): string => {
      const decision = evaluate(roleWith(...statements), put);
      return decision.allowed ? "allowed" : (decision.message.split(" action").at(-1) ?? "");
    };
    const allow = { Effect: "Allow", Action: "dynamodb:PutItem" };
    expect(messageOf({ ...allow, Sid: "Own", Resource: `${table}/index/*` })).to.equal(
      `; statement "Own" of the policy "inline" allows it on ${table}/index/*`,
    );
    expect(messageOf({ ...allow, Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } })).to.equal(
      '; statement 1 of the policy "inline" would allow it, but its Condition does not hold',
    );
    expect(messageOf({ ...allow, Action: "dynamodb:GetItem", Resource: "*" })).to.equal("");
  });

  it("puts what is known of the request in the place of policy variables", () => {
    const on = (Resource: string, context = {}): boolean =>
      allows({ Effect: "Allow", Action: "*", Resource }, { ...put, context });
    const arn = (name: string): string =>
      table.replace("123456789012", "${aws:PrincipalAccount}").replace("messages", name);
    expect(on(arn("messages"))).to.equal(true);
    expect(on(arn("${name}"), { name: "messages" })).to.equal(true);
    expect(on(arn("${name, 'messages'}"))).to.equal(true);
    expect(on(arn("${name}")), "no value").to.equal(false);
    expect(on(arn("${name}"), { name: "*" }), "no wildcard").to.equal(false);
    expect(on(arn("${*}"))).to.equal(false);
  });

  it("compares actions without regard to case, resources with it", () => {
    expect(allows({ Effect: "Allow", Action: "DynamoDB:putitem", Resource: table })).to.equal(true);
    expect(allows({ Effect: "Allow", Action: "dynamodb:PutItem", Resource: table.replace("chat", "Chat") })).to.equal(
      false,
    );
  });

  it("knows * and ?", () => {
    expect(allows({ Effect: "Allow", Action: "dynamodb:P?tItem", Resource: `${table.slice(0, -3)}*` })).to.equal(true);
    expect(allows({ Effect: "Allow", Action: "dynamodb:P?PutItem", Resource: "*" })).to.equal(false);
  });

  it("does not let a table's ARN speak for its indexes", () => {
    const query = { action: "dynamodb:Query", resource: `${table}/index/by-user` };
    expect(allows({ Effect: "Allow", Action: "dynamodb:Query", Resource: table }, query)).to.equal(false);
    expect(allows({ Effect: "Allow", Action: "dynamodb:Query", Resource: `${table}/index/*` }, query)).to.equal(true);
  });

  it("does not let a * reach over a colon of the ARN", () => {
    expect(allows({ Effect: "Allow", Action: "*", Resource: "arn:aws:dynamodb:*:table/chat-dev-messages" })).to.equal(
      false,
    );
    expect(allows({ Effect: "Allow", Action: "*", Resource: "arn:aws:dynamodb:*:*:table/chat-dev-messages" })).to.equal(
      true,
    );
  });

  it("takes left-out ARN parts for *", () => {
    expect(allows({ Effect: "Allow", Action: "*", Resource: "arn:aws:dynamodb" })).to.equal(true);
    expect(allows({ Effect: "Allow", Action: "*", Resource: "arn:aws:sqs" })).to.equal(false);
  });

  it("knows NotAction and NotResource", () => {
    expect(allows({ Effect: "Allow", NotAction: "dynamodb:Delete*", Resource: "*" })).to.equal(true);
    expect(allows({ Effect: "Allow", NotAction: "dynamodb:Put*", Resource: "*" })).to.equal(false);
    expect(allows({ Effect: "Allow", Action: "*", NotResource: `${table}*` })).to.equal(false);
  });

  describe("conditions", () => {
    const when = (condition: object, context: AccessRequest["context"] = {}): boolean =>
      allows({ Effect: "Allow", Action: "*", Resource: "*", Condition: condition }, { ...put, context });

    it("compares text, with and without wildcards and case", () => {
      const context = { "aws:SourceAccount": "123456789012", name: "Ada" };
      expect(when({ StringEquals: { "aws:sourceaccount": ["1", "123456789012"] } }, context)).to.equal(true);
      expect(when({ StringEquals: { name: "ada" } }, context)).to.equal(false);
      expect(when({ StringEqualsIgnoreCase: { name: "ada" } }, context)).to.equal(true);
      expect(when({ StringLike: { name: "A?a*" } }, context)).to.equal(true);
      expect(when({ StringNotEquals: { name: ["Bob", "Ada"] } }, context)).to.equal(false);
      expect(when({ StringNotLike: { name: "B*" } }, context)).to.equal(true);
    });

    it("knows the common keys of every request", () => {
      expect(when({ StringEquals: { "aws:PrincipalAccount": "123456789012" } })).to.equal(true);
      expect(when({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/chat-*" } })).to.equal(true);
      expect(when({ StringEquals: { "aws:RequestedRegion": "us-east-1" } })).to.equal(false);
      expect(when({ Bool: { "aws:SecureTransport": "true" } })).to.equal(true);
      expect(when({ DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } })).to.equal(true);
    });

    it("compares addresses with ranges", () => {
      expect(when({ IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"] } })).to.equal(true);
      expect(when({ IpAddress: { "aws:SourceIp": "10.0.0.1" } })).to.equal(false);
      expect(when({ NotIpAddress: { "aws:SourceIp": "::1/128" } })).to.equal(true);
      expect(when({ IpAddress: { ip: "2001:db8::/32" } }, { ip: "2001:db8::7" })).to.equal(true);
    });

    it("takes policy variables in values", () => {
      const context = { "dynamodb:LeadingKeys": ["chat-dev-message"] };
      const condition = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${name}" } };
      expect(when(condition, { ...context, name: "chat-dev-message" })).to.equal(true);
      expect(when(condition, { ...context, name: "chat-*" })).to.equal(false);
    });

    it("needs every operator and every key to hold", () => {
      const condition = { StringEquals: { a: "1", b: "2" }, Bool: { c: "true" } };
      expect(when(condition, { a: "1", b: "2", c: "true" })).to.equal(true);
      expect(when(condition, { a: "1", b: "3", c: "true" })).to.equal(false);
      expect(when(condition, { a: "1", b: "2", c: "false" })).to.equal(false);
    });

    it("compares numbers as numbers and dates as dates", () => {
      expect(when({ NumericLessThan: { n: "10" } }, { n: "9" })).to.equal(true);
      expect(when({ NumericGreaterThanEquals: { n: "10" } }, { n: "9.5" })).to.equal(false);
      expect(when({ DateLessThan: { t: "2026-01-02T00:00:00Z" } }, { t: "1767225600" })).to.equal(true);
      expect(when({ NumericEquals: { n: "10" } }, { n: "ten" })).to.equal(false);
    });

    it("takes an absent key for no match, unless the operator is negated or ends in IfExists", () => {
      expect(when({ StringEquals: { absent: "x" } })).to.equal(false);
      expect(when({ StringNotEquals: { absent: "x" } })).to.equal(true);
      expect(when({ StringEqualsIfExists: { absent: "x" } })).to.equal(true);
      expect(when({ Null: { absent: "true" } })).to.equal(true);
      expect(when({ Null: { there: "true" } }, { there: "x" })).to.equal(false);
    });

    it("asks all or any of several values", () => {
      const context = { "dynamodb:LeadingKeys": ["room:a", "room:b", "direct:x"] };
      expect(when({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "room:*" } }, context)).to.equal(false);
      expect(when({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["room:*", "direct:*"] } }, context)).to.equal(
        true,
      );
      expect(when({ "ForAnyValue:StringEquals": { "dynamodb:LeadingKeys": "direct:x" } }, context)).to.equal(true);
      expect(when({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "room:*" } })).to.equal(true);
      expect(when({ "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": "room:*" } })).to.equal(false);
    });
  });
});
