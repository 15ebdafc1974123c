// What AWS adds to nested blocks that somebody configured.
import type { Account } from "../account.ts";
import { stableId } from "../stable-id.ts";
import type { Block } from "../terraform-file.ts";

type Added = (block: Block, region: string) => Readonly<Record<string, unknown>>;

/** By resource type and name of the block. */
const added: Readonly<Record<string, Readonly<Record<string, Added>>>> = {
  aws_apigatewayv2_domain_name: {
    // What DNS records of the name are an alias of: people print it.
    domain_name_configuration: ({ address }, region) => ({
      target_domain_name: `d-${stableId(address)}.execute-api.${region}.amazonaws.com`,
      hosted_zone_id: `Z${stableId(address, 13).toUpperCase()}`,
    }),
  },
};

/** The attribute's value as it is after an apply. */
export function withNestedAttributes(block: Block, name: string, value: unknown, account: () => Account): unknown {
  const more = added[block.type]?.[name];
  if (!more || typeof value !== "object" || value === null) return value;
  const { region } = account();
  return [value].flat().map((inner) => ({ ...more(block, region), ...inner }));
}
