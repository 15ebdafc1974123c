// API keys, as usage plans give them to the stages of an API (aws facts §1.7).
import type { ApiKey, Quota, Throttle } from "#local/stack.ts";
import { madeUpKey } from "../attributes/api-keys.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

/** What one stage accepts: a key counts only through a usage plan that has the stage. */
export function readApiKeys(reading: Reading, apiId: string, stage: string): ApiKey[] {
  const keys = reading.resources("aws_api_gateway_api_key");
  const links = reading.resources("aws_api_gateway_usage_plan_key");
  return plansOf(reading, apiId, stage).flatMap((plan) => {
    const planId = plan.required("id");
    const limits = { ...readThrottle(plan), ...readQuota(plan) };
    return links
      .filter((link) => link.required("usage_plan_id") === planId)
      .flatMap((link) => {
        const id = link.required("key_id");
        const key = keys.find((one) => one.required("id") === id);
        if (!key) {
          link.problem(`key_id ${JSON.stringify(id)} is no aws_api_gateway_api_key of the file`);
          return [];
        }
        if (key.value("enabled") === false) return [];
        const value = key.required("value");
        const madeUp = value === madeUpKey(key.place);
        return [{ address: key.place, id, value, madeUp, planId, ...limits }];
      });
  });
}

function plansOf(reading: Reading, apiId: string, stage: string): Fields[] {
  return reading.resources("aws_api_gateway_usage_plan").filter((plan) => {
    const covered = plan
      .blocks("api_stages")
      .filter((one) => one.required("api_id") === apiId && one.required("stage") === stage);
    for (const one of covered)
      if (one.blocks("throttle").length > 0)
        one.problem(
          "throttle names methods of REST APIs, and a WebSocket API has none: set throttle_settings of the plan, or route_settings of the stage",
        );
    return covered.length > 0;
  });
}

function readThrottle(plan: Fields): { throttle?: Throttle } {
  const settings = plan.block("throttle_settings");
  if (!settings) return {};
  return { throttle: { burst: settings.number("burst_limit") ?? 0, rate: settings.number("rate_limit") ?? 0 } };
}

function readQuota(plan: Fields): { quota?: Quota } {
  const settings = plan.block("quota_settings");
  if (!settings) return {};
  const period = settings.required("period");
  if (period !== "DAY" && period !== "WEEK" && period !== "MONTH") {
    settings.problem(`period is ${JSON.stringify(period)}; it is DAY, WEEK or MONTH`);
    return {};
  }
  return { quota: { limit: settings.number("limit") ?? 0, offset: settings.number("offset") ?? 0, period } };
}
