// API keys of a handshake: who has one that the stage accepts, and how often they may (aws facts §1.7, §1.3). AWS documents
// them for REST APIs; answers and order are as there.
import type { Clock } from "#local/clock.ts";
import type { ApiKey, Quota } from "#local/stack.ts";
import type { Refusal } from "./authorization.ts";
import { forbidden, tooManyHandshakes } from "./http-answer.ts";
import type { Identity } from "./lambda-event.ts";
import { type TokenBucket, tokenBucket } from "./throttle.ts";

/** `given`: what the client or its authorizer said. */
export type CheckApiKey = (given: string | undefined) => KeyDecision;

export type KeyDecision =
  | { readonly refusal: Refusal; readonly identity?: never }
  | { readonly refusal?: never; readonly identity: Pick<Identity, "apiKey" | "apiKeyId"> };

const invalid: Refusal = { answer: forbidden, responseType: "INVALID_API_KEY" };
const throttled: Refusal = { answer: tooManyHandshakes, responseType: "THROTTLED" };
const exceeded: Refusal = {
  answer: { ...tooManyHandshakes, message: "Limit Exceeded", errorType: "LimitExceededException" },
  responseType: "QUOTA_EXCEEDED",
};

/** What each key has used of its plan: of all stages together, and longer than a reload. */
export class ApiKeyUsage {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #used = new Map<string, { readonly period: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  refusalOf({ id, planId, throttle, quota }: ApiKey): Refusal | undefined {
    // Settings that change begin anew.
    const name = JSON.stringify([planId, id, throttle, quota]);
    if (quota && !this.#isWithin(name, quota)) return exceeded;
    if (!throttle) return undefined;
    const bucket = this.#buckets.get(name) ?? tokenBucket(throttle, this.#clock);
    this.#buckets.set(name, bucket);
    return bucket.take() ? undefined : throttled;
  }

  #isWithin(name: string, quota: Quota): boolean {
    const period = periodOf(new Date(this.#clock.now()), quota.period);
    const before = this.#used.get(name);
    // The offset is what the first period has less.
    const used = before?.period === period ? before : { period, count: before ? 0 : quota.offset };
    this.#used.set(name, used);
    if (used.count >= quota.limit) return false;
    used.count++;
    return true;
  }
}

export function apiKeyCheck(keys: readonly ApiKey[], usage: ApiKeyUsage): CheckApiKey {
  const byValue = new Map(keys.map((key) => [key.value, key]));
  return (given) => {
    const key = given === undefined ? undefined : byValue.get(given);
    if (!key) return { refusal: invalid };
    const refusal = usage.refusalOf(key);
    return refusal ? { refusal } : { identity: { apiKey: key.value, apiKeyId: key.id } };
  };
}

/** A number that is another in each day, week or month of UTC. */
function periodOf(date: Date, period: Quota["period"]): number {
  if (period === "MONTH") return date.getUTCFullYear() * 12 + date.getUTCMonth();
  const day = Math.floor(date.getTime() / 86_400_000);
  // Weeks begin on Sunday; the epoch was a Thursday.
  return period === "DAY" ? day : Math.floor((day + 4) / 7);
}
