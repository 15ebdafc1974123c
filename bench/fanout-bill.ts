// What a run has used, and what that costs on AWS.
import type { Counts } from "./counted-calls.ts";
import type { Usage } from "./fanout-engine.ts";
import { PRICE } from "./prices.ts";

/** The memory that stages/base.json gives to message and fanout. */
const GB = { message: 0.5, fanout: 1 };

export function difference(after: Usage, before: Usage): Usage {
  const units = { ...after.counts };
  for (const key of Object.keys(units) as (keyof Counts)[]) units[key] -= before.counts[key];
  return {
    cpuMs: after.cpuMs - before.cpuMs,
    functionMs: after.functionMs - before.functionMs,
    invocations: after.invocations - before.invocations,
    mostMemoryMb: after.mostMemoryMb,
    counts: units,
  };
}

export function addedUp(one: Counts, other: Counts): Pick<Counts, "readUnits" | "writeUnits"> {
  return { readUnits: one.readUnits + other.readUnits, writeUnits: one.writeUnits + other.writeUnits };
}

export interface Spent {
  readonly messages: number;
  readonly frames: number;
  readonly units: Pick<Counts, "readUnits" | "writeUnits">;
  /** Of the function message; the naive engine posts in it. */
  readonly messageMs: number;
  readonly fanoutMs?: number;
  /** Of the function fanout. */
  readonly invocations?: number;
}

/** Each message comes in and is acknowledged; each frame here is below 32 KB. */
export function dollarsOf({ messages, frames, units, messageMs, fanoutMs = 0, invocations = 0 }: Spent): number {
  const gbSeconds = (messageMs * GB.message + fanoutMs * GB.fanout) / 1000;
  return (
    (2 * messages + frames) * PRICE.message +
    (messages + invocations) * PRICE.lambdaRequest +
    gbSeconds * PRICE.lambdaGbSecond +
    units.readUnits * PRICE.readUnit +
    units.writeUnits * PRICE.writeUnit
  );
}
