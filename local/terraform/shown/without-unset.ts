// The provider writes empty texts for what nobody set, and reads back settings of a stage that has none.
import { isObject, type Json } from "../read-json.ts";

/** `configured`: the block of the plan's configuration; a state has none. */
export function withoutUnset(values: Json, configured?: Json): Json {
  const set = Object.entries(values).filter(
    ([name, value]) => value !== "" && !(name === "default_route_settings" && isUnsetSettings(value, configured)),
  );
  return Object.fromEntries(set.map(([name, value]) => [name, Array.isArray(value) ? value.map(blockOf) : value]));
}

function blockOf(item: unknown): unknown {
  return isObject(item) ? withoutUnset(item) : item;
}

/**
 * A plan says whether the block is written, unless it is in a dynamic one; settings of a block that was removed stay on the stage.
 * A stage without any has a block of noughts; one that sets a log level and no throttle looks different, and is the trap it is
 * (aws facts §9.3).
 */
function isUnsetSettings(value: unknown, configured: Json | undefined): boolean {
  if (isObject(configured?.expressions) && "default_route_settings" in configured.expressions) return false;
  const blocks = Array.isArray(value) ? value : [value];
  return blocks.every(
    (block) => isObject(block) && Object.values(block).every((one) => !one || one === "OFF" || one === ""),
  );
}
