// What AWS would answer for a resource: ids, ARNs, endpoints and defaults.
import type { Block } from "../terraform-file.ts";
import { apiKeyAttributes } from "./api-keys.ts";
import { apigatewayv2Attributes } from "./apigatewayv2.ts";
import { archiveAttributes } from "./archive.ts";
import { cloudwatchAttributes } from "./cloudwatch.ts";
import { dataSourceAttributes } from "./data-sources.ts";
import { dynamodbAttributes } from "./dynamodb.ts";
import { iamAttributes } from "./iam.ts";
import { lambdaAttributes } from "./lambda.ts";
import { otherServiceAttributes } from "./other-services.ts";
import { randomAttributes } from "./random.ts";
import type { AttributesByType, ComputedAttributes, Subject } from "./subject.ts";

const known: AttributesByType = {
  ...apiKeyAttributes,
  ...apigatewayv2Attributes,
  ...lambdaAttributes,
  ...iamAttributes,
  ...dynamodbAttributes,
  ...cloudwatchAttributes,
  ...dataSourceAttributes,
  ...archiveAttributes,
  ...randomAttributes,
};

/** Whether all that can be asked of the block is known here. */
export function isKnown(block: Block): boolean {
  return Object.hasOwn(known, typeOf(block));
}

export function computedAttributes(block: Block, subject: Subject): ComputedAttributes {
  const attributes = known[typeOf(block)] ?? otherServiceAttributes[typeOf(block)];
  return attributes?.(subject) ?? anyResource(subject, block.type);
}

/** A resource that has no meaning here can still be referred to: a policy may name a queue's ARN. */
function anyResource(subject: Subject, type: string): ComputedAttributes {
  const service = type.split("_")[1] ?? "unknown";
  return {
    id: () => subject.attribute("name") ?? subject.id(),
    arn: () => subject.arn(service, subject.text("name") || subject.label),
    name: () => subject.label,
  };
}

function typeOf({ mode, type }: Block): string {
  return mode === "data" ? `data.${type}` : type;
}
