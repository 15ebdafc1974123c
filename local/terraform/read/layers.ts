import type { LambdaFunction } from "#local/stack.ts";
import { readCode } from "./code.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** Layers whose content the file names; those of others are named at start, and again where a package is missing. */
export function readLayers(lambda: Fields, reading: Reading): Pick<LambdaFunction, "layers" | "missingLayers"> {
  const versions = reading.resources("aws_lambda_layer_version");
  const layers: string[] = [];
  const missingLayers: string[] = [];
  for (const arn of lambda.texts("layers")) {
    const version = versions.find((one) => one.required("arn") === arn);
    if (version) layers.push(readCode(version, reading));
    else missingLayers.push(arn);
  }
  for (const arn of missingLayers) reading.withoutEffect.push(`${lambda.place}: the layer ${arn}`);
  return {
    ...(layers.length > 0 ? { layers } : {}),
    ...(missingLayers.length > 0 ? { missingLayers } : {}),
  };
}
