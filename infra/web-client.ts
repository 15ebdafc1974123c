import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object/index.js";
import { Construct } from "constructs";
import type { Account } from "./account.ts";
import { webAssetPath } from "./asset-path.ts";
import { jsonDocument } from "./json-document.ts";
import { PrivateBucket } from "./private-bucket.ts";
import type { WebConfig } from "./stage-file/address-schema.ts";
import { WebDistribution } from "./web-distribution.ts";
import type { WebFile } from "./web-files.ts";
import type { SignInConfig } from "./web-sign-in.ts";

export interface WebClientProps {
  readonly stage: string;
  readonly account: Account;
  readonly web: WebConfig;
  readonly files: readonly WebFile[];
  /** What config.json tells the page. */
  readonly webSocketUrl: string;
  /** Where the page may ask: the API, and who signs people in. */
  readonly origins: readonly string[];
  /** Absent where nobody has to sign in. */
  readonly signIn: SignInConfig | undefined;
}

/** The page's files keep their names from build to build: browsers ask each time, and hear 304 while they are the same. */
const ASK_EACH_TIME = "no-cache";

/** The chat page: uploaded by Terraform, served by CloudFront, told by config.json where the API is. */
export class WebClient extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: WebClientProps) {
    super(scope, id);
    const name = `websocket-api-${props.stage}-web`;
    const bucket = new PrivateBucket(this, "bucket", {
      // Bucket names are unique in the world, and lower case.
      name: `${name.toLowerCase().replaceAll("_", "-")}-${props.account.id}`,
      keepOldDays: 30,
      emptyOnDestroy: true,
    });
    const { resource } = new WebDistribution(this, "distribution", { ...props, name, bucket });
    this.#letRead(bucket, resource.arn);
    this.#upload(bucket, props);
    this.#createRecords(props.web, resource);
    this.url = `https://${props.web.domain?.name ?? resource.domainName}`;
  }

  #letRead(bucket: PrivateBucket, distributionArn: string): void {
    bucket.setPolicy([
      {
        Sid: "CloudFront",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "s3:GetObject",
        Resource: `${bucket.resource.arn}/*`,
        Condition: { StringEquals: { "AWS:SourceArn": distributionArn } },
      },
    ]);
  }

  #upload(bucket: PrivateBucket, { files, webSocketUrl, signIn }: WebClientProps): void {
    const into = { bucket: bucket.resource.bucket, dependsOn: [bucket.versioning] };
    for (const { name, contentType, sha256 } of files)
      new S3Object(this, `file-${name.replace(/[^A-Za-z0-9-]+/g, "-")}`, {
        ...into,
        key: name,
        source: webAssetPath(name),
        sourceHash: sha256,
        contentType,
        cacheControl: ASK_EACH_TIME,
      });
    new S3Object(this, "config", {
      ...into,
      key: "config.json",
      content: jsonDocument({ webSocketUrl, signIn }),
      contentType: "application/json",
      cacheControl: "no-store",
    });
  }

  #createRecords({ domain }: WebConfig, target: WebDistribution["resource"]): void {
    const zoneId = domain?.hostedZoneId;
    if (domain === undefined || zoneId === undefined) return;
    const alias = { name: target.domainName, zoneId: target.hostedZoneId, evaluateTargetHealth: false };
    for (const type of ["A", "AAAA"])
      new Route53Record(this, type.toLowerCase(), { zoneId, name: domain.name, type, alias });
  }
}
