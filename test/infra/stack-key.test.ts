import { expect } from "chai";
import { bundlesWithFanout } from "./every-setting.ts";
import { resource, synthesized } from "./synthesized.ts";

describe("a stage with a key of its own", () => {
  const change = {
    customerKey: { deletionDays: 7 },
    alarms: { emails: ["team@chat.test"] },
    functions: { fanout: { async: {} } },
  };
  const stack = synthesized(change, bundlesWithFanout());
  const key = "${aws_kms_key.key.arn}";

  it("rotates it, and can call it back when it is deleted", () => {
    expect(resource(stack, "aws_kms_key.key")).to.include({ enable_key_rotation: true, deletion_window_in_days: 7 });
    expect(resource(stack, "aws_kms_alias.key_alias").name).to.equal("alias/websocket-api-dev");
  });

  it("encrypts tables, logs, functions' variables, topic and queue with it", () => {
    const all = (type: string, argument: (args: Record<string, unknown>) => unknown) =>
      Object.values(stack.resource[type] ?? {}).map(argument);
    const used = [
      ...all("aws_dynamodb_table", (table) => Object(table.server_side_encryption).kms_key_arn),
      ...all("aws_cloudwatch_log_group", (group) => group.kms_key_id),
      ...all("aws_lambda_function", (fn) => fn.kms_key_arn),
      ...all("aws_sns_topic", (topic) => topic.kms_master_key_id),
      ...all("aws_sqs_queue", (queue) => queue.kms_master_key_id),
    ];
    expect(used).to.deep.equal(Array.from({ length: 3 + 5 + 3 + 1 + 1 }, () => key));
  });

  it("lets functions use it, and the services that write in their own name", () => {
    const { policy } = resource(stack, "aws_iam_role_policy.message_policy");
    expect(JSON.parse(String(policy)).Statement).to.deep.include({
      Sid: "UseKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
      Resource: [key],
    });
    const statements = JSON.parse(String(resource(stack, "aws_kms_key.key").policy)).Statement;
    expect(statements.map(({ Sid }: { Sid: string }) => Sid)).to.deep.equal(["Account", "Logs", "Notifications"]);
    const [, logs, notifications] = statements;
    expect(logs.Principal).to.deep.equal({ Service: "logs.us-east-1.amazonaws.com" });
    expect(notifications.Condition.StringEquals).to.have.property("aws:SourceAccount");
  });

  it("lets CloudWatch Logs use it for each of the stage's groups, and no other", () => {
    const { policy } = resource(stack, "aws_kms_key.key");
    const [, { Condition }] = JSON.parse(String(policy)).Statement;
    const patterns: string[] = Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"].map((arn: string) =>
      arn.slice(arn.indexOf("log-group:") + "log-group:".length),
    );
    const covers = (name: string) =>
      patterns.some((pattern) => new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
    const names = Object.values(stack.resource.aws_cloudwatch_log_group ?? {}).map(({ name }) => String(name));
    expect(names).to.have.length(5);
    for (const name of names) expect(covers(name.replace(/\$\{[^}]*\}/, "a1b2c3")), name).to.equal(true);
    expect(covers("/aws/lambda/websocket-api-prod-message")).to.equal(false);
  });

  it("makes none for a stage that does not ask, and says so where it matters", () => {
    const plain = synthesized();
    expect(plain.resource).not.to.have.property("aws_kms_key");
    expect(plain.resource.aws_dynamodb_table?.messages).to.have.nested.property("//.exempt.table-key");
  });
});
