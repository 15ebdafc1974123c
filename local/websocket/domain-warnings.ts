// What is strange about a stack's custom domains (aws facts §1.9): AWS takes it, and nobody gets through.
import type { Stack } from "#local/stack.ts";

export function domainWarnings({ apis, domains }: Pick<Stack, "apis" | "domains">): string[] {
  const mappings = domains.flatMap((domain) => domain.mappings);
  return [
    ...domains.flatMap(({ address, name, mappings: { length } }) =>
      length === 0
        ? [`${address}: no mapping leads from ${name} to a stage, so every request is answered with 403`]
        : [],
    ),
    ...domains.flatMap(({ address, mappings: own }) =>
      own
        .filter(({ key }) => key === "ping" || key === "sping")
        .map(({ key }) => `${address}: on AWS the path /${key} is kept for health checks: use another api_mapping_key`),
    ),
    ...apis
      .filter(({ id, defaultEndpoint }) => !defaultEndpoint && !mappings.some(({ apiId }) => apiId === id))
      .map(
        ({ address }) =>
          `${address}: disable_execute_api_endpoint is set, and no custom domain of this file leads to it: on AWS it is reached only by one from elsewhere`,
      ),
  ];
}
