import { stableId } from "../stable-id.ts";
import type { AttributesByType } from "./subject.ts";

/** What a key is when the file does not say. */
export const madeUpKey = (address: string): string => stableId(address, 40);

export const apiKeyAttributes: AttributesByType = {
  aws_api_gateway_api_key: (key) => ({
    id: () => key.id(),
    arn: () => `arn:${key.partition}:apigateway:${key.region}::/apikeys/${key.id()}`,
    enabled: () => true,
    value: () => madeUpKey(key.address),
  }),
  aws_api_gateway_usage_plan: (plan) => ({
    id: () => plan.id(6),
    arn: () => `arn:${plan.partition}:apigateway:${plan.region}::/usageplans/${plan.id(6)}`,
  }),
  aws_api_gateway_usage_plan_key: (link) => ({
    id: () => link.text("key_id"),
    name: () => link.label,
    value: () => "",
  }),
};
