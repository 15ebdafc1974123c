import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import { policyDocument, refuseWithoutTls, type Statement } from "./policy-document.ts";

export interface PrivateBucketProps {
  readonly name: string;
  /** How long what was overwritten or deleted can be had back. */
  readonly keepOldDays: number;
  /** Terraform refuses to destroy it. */
  readonly preventDestroy?: boolean;
  /** Emptied when it is destroyed: for what can be uploaded again. */
  readonly emptyOnDestroy?: boolean;
}

/** A bucket nobody but its owner sees: no public access, no ACLs, versions, encryption, TLS only. */
export class PrivateBucket extends Construct {
  readonly resource: S3Bucket;
  /** What is uploaded waits for it: an object that was there first has no version, and stays when all versions are deleted. */
  readonly versioning: S3BucketVersioningA;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.resource = this.#createBucket(props);
    this.#closeToThePublic();
    this.versioning = this.#keepVersions();
    this.#encrypt();
    this.#forgetOldVersions(props.keepOldDays);
  }

  /** Once, by whoever owns the bucket: who may do what, besides nothing without TLS. */
  setPolicy(statements: readonly Statement[]): S3BucketPolicy {
    const { arn, bucket } = this.resource;
    const everything = [arn, `${arn}/*`];
    return new S3BucketPolicy(this, "policy", {
      bucket,
      policy: policyDocument([...statements, refuseWithoutTls("s3:*", everything)]),
    });
  }

  #createBucket({ name, preventDestroy = false, emptyOnDestroy = false }: PrivateBucketProps): S3Bucket {
    const bucket = new S3Bucket(this, "Resource", {
      bucket: name,
      ...(emptyOnDestroy ? { forceDestroy: true } : {}),
      ...(preventDestroy ? { lifecycle: { preventDestroy: true } } : {}),
    });
    exempt(bucket, {
      "bucket-logged": "CloudTrail and CloudFront say who reads it; a bucket of logs would need the same care again.",
      "bucket-replicated": "One Region holds the stage; versions are what brings back the past.",
      "bucket-key": "AWS's own key encrypts it: whoever may read the bucket would be given the key as well.",
    });
    return bucket;
  }

  #closeToThePublic(): void {
    const { bucket } = this.resource;
    new S3BucketPublicAccessBlock(this, "private", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "owner", { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
  }

  #keepVersions(): S3BucketVersioningA {
    const { bucket } = this.resource;
    return new S3BucketVersioningA(this, "versions", { bucket, versioningConfiguration: { status: "Enabled" } });
  }

  #encrypt(): void {
    const { bucket } = this.resource;
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
  }

  #forgetOldVersions(days: number): void {
    new S3BucketLifecycleConfiguration(this, "old-versions", {
      bucket: this.resource.bucket,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: days }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: [this.versioning],
    });
  }
}
