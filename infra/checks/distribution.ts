import type { CheckRule } from "./rule.ts";
import { block, blocks } from "./stack-file.ts";

const of = "aws_cloudfront_distribution";

export const DISTRIBUTION_RULES: readonly CheckRule[] = [
  {
    id: "distribution-https",
    standsFor: ["CKV_AWS_34", "AWS-0012", "CloudFront.3"],
    of,
    wrong: ({ args }) =>
      [block(args.default_cache_behavior), ...blocks(args.ordered_cache_behavior)].every(({ viewer_protocol_policy }) =>
        ["redirect-to-https", "https-only"].includes(String(viewer_protocol_policy)),
      )
        ? undefined
        : "answers without TLS: set viewer_protocol_policy to redirect-to-https",
  },
  {
    id: "distribution-tls",
    standsFor: ["CKV_AWS_174", "CKV2_AWS_42", "CKV2_AWS_54", "AWS-0013", "CFR4"],
    of,
    wrong: ({ args }) =>
      /^TLSv1\.[23]_20(19|2\d)$/.test(String(block(args.viewer_certificate).minimum_protocol_version))
        ? undefined
        : "accepts old TLS: set minimum_protocol_version to TLSv1.2_2021, with a certificate of your own",
  },
  {
    id: "distribution-headers",
    standsFor: ["CKV_AWS_259", "CKV2_AWS_32"],
    of,
    wrong: ({ args }) =>
      block(args.default_cache_behavior).response_headers_policy_id === undefined
        ? "sends no security headers: set response_headers_policy_id"
        : undefined,
  },
  {
    id: "distribution-origin",
    standsFor: ["CKV2_AWS_46", "CFR7", "CloudFront.13"],
    of,
    wrong: ({ args }) =>
      blocks(args.origin).every(({ origin_access_control_id }) => origin_access_control_id !== undefined)
        ? undefined
        : "reads its bucket as anyone could: set origin_access_control_id",
  },
  {
    id: "distribution-origin-tls",
    standsFor: ["CKV2_AWS_72", "CFR5", "CloudFront.9", "CloudFront.10"],
    of,
    wrong: ({ args }) =>
      blocks(args.origin)
        .flatMap(({ custom_origin_config: custom }) => blocks(custom))
        .every(({ origin_protocol_policy, origin_ssl_protocols: protocols }) =>
          [origin_protocol_policy, ...[protocols].flat()].every((each) => each === "https-only" || each === "TLSv1.2"),
        )
        ? undefined
        : "fetches from an origin without TLS 1.2: set origin_protocol_policy to https-only, origin_ssl_protocols to TLSv1.2",
  },
  {
    id: "distribution-enabled",
    standsFor: ["CKV_AWS_216"],
    of,
    wrong: ({ args }) => (args.enabled === true ? undefined : "answers nobody: set enabled"),
  },
  {
    id: "distribution-root",
    standsFor: ["CKV_AWS_305", "CloudFront.1"],
    of,
    wrong: ({ args }) =>
      args.default_root_object === undefined ? "answers / with a list or an error: set default_root_object" : undefined,
  },
  {
    id: "distribution-firewalled",
    standsFor: ["CKV_AWS_68", "CKV2_AWS_47", "AWS-0011", "CFR2", "CloudFront.6"],
    of,
    wrong: ({ args }) => (args.web_acl_id === undefined ? "has no web ACL: set web_acl_id" : undefined),
  },
  {
    id: "distribution-logged",
    standsFor: ["CKV_AWS_86", "AWS-0010", "CFR3", "CloudFront.5"],
    of,
    wrong: ({ args }) => (args.logging_config === undefined ? "writes no log: set logging_config" : undefined),
  },
  {
    id: "distribution-failover",
    standsFor: ["CKV_AWS_310", "CloudFront.4"],
    of,
    wrong: ({ args }) => (args.origin_group === undefined ? "has one origin only: set origin_group" : undefined),
  },
  {
    id: "distribution-georestricted",
    standsFor: ["CKV_AWS_374", "CFR1"],
    of,
    wrong: ({ args }) =>
      block(block(args.restrictions).geo_restriction).restriction_type === "none"
        ? "serves every country: set geo_restriction"
        : undefined,
  },
];
