// What a deployment snapshots depends on when it is made: Terraform makes it as soon as it may (aws facts §9.3).
import type { Stage } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** Of a stage's deployment; a stage that deploys by itself has no such trouble. */
export function deploymentTrouble(
  reading: Reading,
  deployment: Fields,
  apiId: string,
): Pick<Stage, "unawaitedRoutes" | "neverRedeployed"> {
  const block = reading.resolver.file.resources.find(({ address }) => address === deployment.place);
  const neverRedeployed = (block?.body.triggers ?? null) === null;
  const dependsOn = block?.dependsOn;
  if (dependsOn === undefined) return { neverRedeployed };
  const routes = reading.resources("aws_apigatewayv2_route").filter((route) => route.required("api_id") === apiId);
  const unawaitedRoutes = routes.map(({ place }) => place).filter((place) => !dependsOn.includes(withoutKeys(place)));
  return { neverRedeployed, ...(unawaitedRoutes.length > 0 ? { unawaitedRoutes } : {}) };
}

function withoutKeys(address: string): string {
  return address.replace(/\[("(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}
