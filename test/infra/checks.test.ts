// Every rule holds for every stage, and every rule can fail.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { checkStack, type Finding, formatFinding, RULES } from "#infra/checks/check-stack.ts";
import { readStackFile, StackFile } from "#infra/checks/stack-file.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { bundlesWithFanout, stageWithEverySetting } from "./every-setting.ts";
import { Bundles, readStack, temporaryFolder } from "./synthesized.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));

function findingsOf(stacks: readonly SynthesizedStack[]): string[] {
  return stacks.flatMap(({ file }) => checkStack(readStackFile(file))).map(formatFinding);
}

// biome-ignore lint/suspicious/noExplicitAny: a synthesized file is changed at any place
type Loose = any;

/** A stack with every setting, as it was read; each call a copy of its own. */
const whole: () => Loose = (() => {
  const stageFiles = [stageWithEverySetting()];
  const [stack] = synthesize({ stageFiles, outdir: temporaryFolder(), ...bundlesWithFanout() }).map(readStack);
  const resource = {
    ...stack?.resource,
    aws_iam_role_policy_attachment: {
      managed: { policy_arn: "arn:${data.aws_partition.p.partition}:iam::123456789012:policy/own" },
    },
  };
  const text = JSON.stringify({ ...stack, resource });
  return () => JSON.parse(text);
})();

function findingsAfter(change: (resource: Loose, file: Loose) => void): Finding[] {
  const file = whole();
  change(file.resource, file);
  return checkStack(new StackFile(file));
}

/** A policy with one more statement. */
function withStatement(policy: string, statement: object): string {
  const document = JSON.parse(policy);
  return JSON.stringify({ ...document, Statement: [...document.Statement, statement] });
}

const everyone = { Effect: "Allow", Principal: "*", Action: "x:y", Resource: "*" };
const policyOf = (resource: Loose) => resource.aws_iam_role_policy.message_policy;
const allow = (resource: Loose, statement: object) => {
  policyOf(resource).policy = withStatement(policyOf(resource).policy, { Effect: "Allow", ...statement });
};
const withoutStatements = JSON.stringify({ Version: "2012-10-17", Statement: [] });
/** The rule is not kept, with a reason: the reason goes. */
const unexcused = (type: string, name: string, rule: string) => (resource: Loose) => {
  delete resource[type][name]["//"].exempt[rule];
};

/** For each rule, how to break it, by whom. */
const BREAKS: Readonly<Record<string, (resource: Loose, file: Loose) => void>> = {
  "stage-access-log": ({ aws_apigatewayv2_stage: { stage } }) => delete stage.access_log_settings,
  "stage-log-structured": ({ aws_apigatewayv2_stage: { stage } }) => {
    stage.access_log_settings.format = "$context.requestId $context.status";
  },
  "stage-execution-log": ({ aws_apigatewayv2_stage: { stage } }) => {
    stage.default_route_settings.logging_level = "OFF";
  },
  "stage-no-data-trace": ({ aws_apigatewayv2_stage: { stage } }) => {
    stage.route_settings[0].data_trace_enabled = true;
  },
  "stage-throttled": ({ aws_apigatewayv2_stage: { stage } }) => {
    stage.default_route_settings.throttling_rate_limit = 0;
  },
  "route-authorized": unexcused("aws_apigatewayv2_route", "default", "route-authorized"),
  "deployment-replaced": ({ aws_apigatewayv2_deployment: { deployment } }) => delete deployment.lifecycle,
  "api-one-name": ({ aws_apigatewayv2_api: { api } }) => delete api.disable_execute_api_endpoint,
  "domain-tls": ({ aws_apigatewayv2_domain_name: { domain } }) => {
    domain.domain_name_configuration.security_policy = "TLS_1_0";
  },
  "certificate-replaced": ({ aws_acm_certificate }) => delete aws_acm_certificate.domain_certificate.lifecycle,
  "certificate-one-name": ({ aws_acm_certificate: { domain_certificate } }) => {
    domain_certificate.subject_alternative_names = ["*.chat.test"];
  },
  "certificate-logged": ({ aws_acm_certificate: { domain_certificate } }) => {
    domain_certificate.options = { certificate_transparency_logging_preference: "DISABLED" };
  },
  "function-no-secrets": ({ aws_lambda_function: { message } }) => {
    message.environment.variables.PASSWORD = "hunter2";
  },
  "function-runtime": ({ aws_lambda_function: { message } }) => {
    message.runtime = "nodejs18.x";
  },
  "function-sized": ({ aws_lambda_function: { message } }) => delete message.timeout,
  "function-traced": ({ aws_lambda_function: { message } }) => {
    message.tracing_config.mode = "PassThrough";
  },
  "function-log-group": ({ aws_lambda_function: { message } }) => delete message.logging_config.log_group,
  "function-variables-key": ({ aws_lambda_function: { message } }) => delete message.kms_key_arn,
  "function-concurrency": ({ aws_lambda_function: { message } }) => delete message.reserved_concurrent_executions,
  "function-dead-letters": (resource) => delete resource.aws_lambda_function_event_invoke_config,
  "function-in-vpc": unexcused("aws_lambda_function", "message", "function-in-vpc"),
  "function-code-signed": unexcused("aws_lambda_function", "message", "function-code-signed"),
  "permission-source": ({ aws_lambda_permission }) => delete aws_lambda_permission["message_on-default"].source_arn,
  "permission-qualified": ({ aws_lambda_permission }) => delete aws_lambda_permission["message_on-default"].qualifier,
  "alias-invoked": ({ aws_apigatewayv2_integration: { message } }) => {
    message.integration_uri = "${aws_lambda_function.message.invoke_arn}";
  },
  "log-group-retention": ({ aws_cloudwatch_log_group: groups }) => delete groups.message_logs.retention_in_days,
  "log-group-year": ({ aws_cloudwatch_log_group: groups }) => {
    groups.message_logs.retention_in_days = 180;
  },
  "log-group-key": ({ aws_cloudwatch_log_group: groups }) => delete groups.message_logs.kms_key_id,
  "policy-readable": (resource) => allow(resource, { Sid: "not a Sid", Action: "s3:GetObject", Resource: "x" }),
  "policy-names-actions": (resource) => allow(resource, { Action: "dynamodb:*", Resource: "x" }),
  "policy-names-resources": (resource) => allow(resource, { Action: ["dynamodb:GetItem"], Resource: "*" }),
  "policy-no-escalation": (resource) => allow(resource, { Action: "iam:PassRole", Resource: "x" }),
  "policy-short": (resource) => allow(resource, { Action: "s3:GetObject", Resource: "x".repeat(10_240) }),
  "role-trusts-service": ({ aws_iam_role: { message_role: role } }) => {
    role.assume_role_policy = withStatement(role.assume_role_policy, { ...everyone, Principal: { AWS: "*" } });
  },
  "role-own-policies": ({ aws_iam_role_policy_attachment: { managed } }) => {
    managed.policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess";
  },
  "role-plain": ({ aws_iam_role: { message_role: role } }) => {
    role.managed_policy_arns = [];
  },
  "policy-any-partition": (resource) => allow(resource, { Action: "s3:GetObject", Resource: "arn:aws:s3:::x/*" }),
  "attachment-any-partition": ({ aws_iam_role_policy_attachment: { managed } }) => {
    managed.policy_arn = "arn:aws:iam::123456789012:policy/own";
  },
  "table-backed-up": ({ aws_dynamodb_table: { messages } }) => {
    messages.point_in_time_recovery.enabled = false;
  },
  "table-protected": ({ aws_dynamodb_table: { messages } }) => delete messages.deletion_protection_enabled,
  "table-key": ({ aws_dynamodb_table: { messages } }) => delete messages.server_side_encryption.kms_key_arn,
  "table-scales": ({ aws_dynamodb_table: { messages } }) => {
    messages.billing_mode = "PROVISIONED";
  },
  "table-forgets": ({ aws_dynamodb_table: { connections } }) => delete connections.ttl,
  "bucket-private": ({ aws_s3_bucket_public_access_block: { web_bucket_private } }) =>
    delete web_bucket_private.block_public_policy,
  "bucket-not-shared": ({ aws_s3_bucket_policy: { web_bucket_policy } }) => {
    web_bucket_policy.policy = withStatement(web_bucket_policy.policy, everyone);
  },
  "bucket-tls": ({ aws_s3_bucket_policy: { web_bucket_policy } }) => {
    web_bucket_policy.policy = withoutStatements;
  },
  "bucket-versioned": (resource) => delete resource.aws_s3_bucket_versioning,
  "bucket-cleaned": (resource) => delete resource.aws_s3_bucket_lifecycle_configuration,
  "bucket-encrypted": (resource) => delete resource.aws_s3_bucket_server_side_encryption_configuration,
  "bucket-key": unexcused("aws_s3_bucket", "web_bucket", "bucket-key"),
  "bucket-logged": unexcused("aws_s3_bucket", "web_bucket", "bucket-logged"),
  "bucket-replicated": unexcused("aws_s3_bucket", "web_bucket", "bucket-replicated"),
  "queue-encrypted": ({ aws_sqs_queue: { fanout_failed } }) => delete fanout_failed.kms_master_key_id,
  "queue-tls": (resource) => delete resource.aws_sqs_queue_policy,
  "queue-not-shared": ({ aws_sqs_queue_policy: { fanout_failed_policy } }) => {
    fanout_failed_policy.policy = withStatement(fanout_failed_policy.policy, everyone);
  },
  "queue-kept": ({ aws_sqs_queue: { fanout_failed } }) => delete fanout_failed.message_retention_seconds,
  "topic-encrypted": ({ aws_sns_topic }) => delete aws_sns_topic["alarm-topic"].kms_master_key_id,
  "topic-tls": (resource) => delete resource.aws_sns_topic_policy,
  "topic-not-shared": ({ aws_sns_topic_policy: policies }) => {
    const policy = policies["alarm-topic_policy"];
    policy.policy = withStatement(policy.policy, everyone);
  },
  "alarm-heard": ({ aws_cloudwatch_metric_alarm: alarms }) => {
    alarms["alarms_message-errors"].alarm_actions = [];
  },
  "key-rotated": ({ aws_kms_key: { key } }) => delete key.enable_key_rotation,
  "key-policy": ({ aws_kms_key: { key } }) => {
    key.policy = withStatement(key.policy, everyone);
  },
  "distribution-https": ({ aws_cloudfront_distribution: { web_distribution } }) => {
    web_distribution.default_cache_behavior.viewer_protocol_policy = "allow-all";
  },
  "distribution-tls": ({ aws_cloudfront_distribution: { web_distribution } }) => {
    web_distribution.viewer_certificate.minimum_protocol_version = "TLSv1";
  },
  "distribution-headers": ({ aws_cloudfront_distribution: { web_distribution } }) =>
    delete web_distribution.default_cache_behavior.response_headers_policy_id,
  "distribution-origin": ({ aws_cloudfront_distribution: { web_distribution } }) =>
    delete web_distribution.origin[0].origin_access_control_id,
  "distribution-root": ({ aws_cloudfront_distribution: { web_distribution } }) =>
    delete web_distribution.default_root_object,
  "distribution-origin-tls": ({ aws_cloudfront_distribution: { web_distribution } }) => {
    web_distribution.origin[0].custom_origin_config = { origin_protocol_policy: "http-only" };
  },
  "distribution-enabled": ({ aws_cloudfront_distribution: { web_distribution } }) => {
    web_distribution.enabled = false;
  },
  "distribution-firewalled": ({ aws_cloudfront_distribution: { web_distribution } }) =>
    delete web_distribution.web_acl_id,
  "distribution-logged": unexcused("aws_cloudfront_distribution", "web_distribution", "distribution-logged"),
  "distribution-failover": unexcused("aws_cloudfront_distribution", "web_distribution", "distribution-failover"),
  "distribution-georestricted": unexcused(
    "aws_cloudfront_distribution",
    "web_distribution",
    "distribution-georestricted",
  ),
  "provider-no-keys": (_, file) => {
    file.provider.aws[0].access_key = "mine";
  },
  "provider-tags": (_, file) => delete file.provider.aws[0].default_tags,
  "state-safe": (_, file) => delete file.terraform.backend.s3.use_lockfile,
};

describe("the checks over the synthesized file", () => {
  for (const stage of ["dev", "staging", "prod"]) {
    it(`find nothing in ${stage}`, () => {
      const options = { outdir: temporaryFolder(), withAccount: true, ...Bundles.ofProject() };
      expect(findingsOf(synthesize({ ...options, stageFiles: [path.join(STAGES, `${stage}.json`)] }))).to.deep.equal(
        [],
      );
    });
  }

  it("find nothing in a stage with every setting, its state's bucket and its account", () => {
    const options = { withAccount: true, withBootstrap: true, ...bundlesWithFanout() };
    const stacks = synthesize({ ...options, stageFiles: [stageWithEverySetting()], outdir: temporaryFolder() });
    expect(stacks).to.have.length(3);
    expect(findingsOf(stacks)).to.deep.equal([]);
  });

  it("find nothing in a stage with as little as there can be, all of it excused", () => {
    const change = {
      logs: { level: "OFF" },
      alarms: {},
      web: {},
      functions: { message: { tracing: false } },
    };
    const options = { outdir: temporaryFolder(), ...new Bundles() };
    expect(findingsOf(synthesize({ ...options, stageFiles: [new StageFolder().stage(change)] }))).to.deep.equal([]);
  });

  it("have a way to break each rule here", () => {
    expect(Object.keys(BREAKS)).to.have.members(RULES.map(({ id }) => id));
  });

  for (const { id, standsFor } of RULES) {
    it(`find what breaks ${id} (${standsFor.join(", ")})`, () => {
      const found = findingsAfter(BREAKS[id] ?? (() => {}));
      expect(found.map(({ rule }) => rule)).to.include(id);
      expect(new Set(found.map(({ address }) => address.split(".")[0])).size, found.map(formatFinding).join()).to.equal(
        1,
      );
      const [finding] = found.filter(({ rule }) => rule === id);
      expect(formatFinding(finding as Finding)).to.match(/^\S+ {2}.+: .+ {2}\[.+\]$/);
    });
  }

  it("say where, what, what to do and which rules that is elsewhere", () => {
    const [finding] = findingsAfter(BREAKS["topic-encrypted"] ?? (() => {}));
    expect(formatFinding(finding as Finding)).to.equal(
      "aws_sns_topic.alarm-topic  is not encrypted: set kms_master_key_id  " +
        "[topic-encrypted: CKV_AWS_26, AWS-0095, AWS-0136, SNS.1]",
    );
  });

  describe("refuse an exemption", () => {
    const exempt = (rules: object) =>
      findingsAfter(({ aws_sqs_queue: { fanout_failed } }) => {
        fanout_failed["//"].exempt = rules;
      }).map(({ rule, message }) => `${rule} ${message}`);

    it("that nothing needs any more", () => {
      expect(exempt({ "queue-tls": "because" })).to.deep.equal([
        "queue-tls is exempt from a rule that it keeps: remove the exemption",
      ]);
    });

    it("from a rule that is not there, with the one that was meant", () => {
      expect(exempt({ "queue-tsl": "because" })).to.deep.equal([
        'queue-tsl is exempt from a rule that aws_sqs_queue has not: did you mean "queue-tls"? remove the exemption',
      ]);
    });

    it("without a reason", () => {
      const found = findingsAfter(({ aws_lambda_function: { message } }) => {
        message["//"].exempt["function-in-vpc"] = " ";
      });
      expect(found.map(({ message }) => message)).to.deep.equal([
        "runs outside a VPC: set vpc_config; it is exempt without a reason: say why",
      ]);
    });
  });
});
