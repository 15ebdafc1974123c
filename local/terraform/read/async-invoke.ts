import type { AsyncInvoke } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import { functionName } from "./function-reference.ts";
import type { Reading } from "./reading.ts";

/** Two retries within six hours, unless configured (aws facts §10.3). */
export function readAsyncInvoke(reading: Reading, lambda: Fields, name: string): AsyncInvoke {
  const config = reading
    .resources("aws_lambda_function_event_invoke_config")
    .find((one) => functionName(one.required("function_name")) === name);
  const destinations = config?.block("destination_config");
  const onSuccess = destinations?.block("on_success")?.text("destination");
  const onFailure = destinations?.block("on_failure")?.text("destination");
  const deadLetter = lambda.block("dead_letter_config")?.text("target_arn");
  return {
    maxRetries: inRange(config, "maximum_retry_attempts", { from: 0, to: 2, otherwise: 2 }),
    maxAgeSeconds: inRange(config, "maximum_event_age_in_seconds", { from: 60, to: 21_600, otherwise: 21_600 }),
    ...(onSuccess === undefined ? {} : { onSuccess }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(deadLetter === undefined ? {} : { deadLetter }),
  };
}

function inRange(
  config: Fields | undefined,
  name: string,
  { from, to, otherwise }: { readonly from: number; readonly to: number; readonly otherwise: number },
): number {
  const value = config?.number(name) ?? otherwise;
  if (value < from || value > to) config?.problem(`${name} is ${value}; it is ${from} to ${to}`);
  return value;
}
