// Addresses of services that are not emulated, because functions get them in their environment. Nothing answers there.
import type { AttributesByType, Subject } from "./subject.ts";

const suffix = ({ partition }: Subject): string => (partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com");

export const otherServiceAttributes: AttributesByType = {
  // Its mappings may be those of a WebSocket API.
  aws_api_gateway_domain_name: (domain) => ({ id: () => domain.text("domain_name") }),
  aws_cognito_user_pool: (pool) => {
    const id = (): string => `${pool.region}_${pool.id(9)}`;
    return {
      id,
      arn: () => pool.arn("cognito-idp", `userpool/${id()}`),
      endpoint: () => `cognito-idp.${pool.region}.${suffix(pool)}/${id()}`,
    };
  },
  aws_cognito_user_pool_client: (client) => ({ id: () => client.id(26), client_secret: () => client.id(51) }),
  aws_kms_key: (key) => ({ id: () => key.id(), key_id: () => key.id(), arn: () => key.arn("kms", `key/${key.id()}`) }),
  aws_s3_bucket: (bucket) => {
    const id = (): string => bucket.text("bucket");
    return {
      id,
      bucket: () => `terraform-${bucket.id(12)}`,
      arn: () => `arn:${bucket.partition}:s3:::${id()}`,
      bucket_domain_name: () => `${id()}.s3.${suffix(bucket)}`,
      bucket_regional_domain_name: () => `${id()}.s3.${bucket.region}.${suffix(bucket)}`,
    };
  },
  aws_secretsmanager_secret: (secret) => {
    const arn = (): string => secret.arn("secretsmanager", `secret:${secret.text("name")}-${secret.id(6)}`);
    return { id: arn, arn, name: () => secret.label };
  },
  aws_sns_topic: (topic) => {
    const arn = (): string => topic.arn("sns", topic.text("name"));
    return { id: arn, arn, name: () => topic.label };
  },
  aws_sqs_queue: (queue) => {
    const url = (): string => `https://sqs.${queue.region}.${suffix(queue)}/${queue.accountId}/${queue.text("name")}`;
    return { id: url, url, arn: () => queue.arn("sqs", queue.text("name")), name: () => queue.label };
  },
  aws_ssm_parameter: (parameter) => ({
    id: () => parameter.text("name"),
    arn: () => parameter.arn("ssm", `parameter/${parameter.text("name").replace(/^\//, "")}`),
  }),
};
