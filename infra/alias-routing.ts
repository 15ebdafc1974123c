import type { LambdaAliasConfig } from "@cdktf/provider-aws/lib/lambda-alias/index.js";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function/index.js";
import type { FunctionConfig } from "./stage-file/function-schema.ts";

/** Which version the alias leads to: the newest, or, while a release is gradual, the stable one and a share for the newest. */
export function aliasRouting(
  fn: LambdaFunction,
  shift: FunctionConfig["shift"],
): Pick<LambdaAliasConfig, "functionVersion" | "routingConfig"> {
  if (shift === undefined) return { functionVersion: fn.version };
  return {
    functionVersion: shift.stableVersion,
    routingConfig: { additionalVersionWeights: { [fn.version]: shift.newPercent / 100 } },
  };
}
