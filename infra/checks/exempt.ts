import type { TerraformElement } from "cdktf";

/**
 * Rules of infra/checks/ that a resource need not keep, each with the reason: kept beside the resource in the synthesized file, where
 * reviewers see it and the checks read it. One that nothing needs any more is refused there.
 */
export function exempt(resource: TerraformElement, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) resource.addOverride(`//.exempt.${rule}`, reason);
}
