// A pump: invoked as an event, so nobody waits for it. What fails here fails the invocation, and Lambda tries it again (aws facts §10.3).
import { setTimeout as wait } from "node:timers/promises";
import { type PumpEnd, type PumpPorts, pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { PumpTally } from "#chat/pump-tally.ts";
import { consoleLog, described, type Log } from "./log.ts";
import { type Metrics, standardOutput, writeMetrics } from "./metrics.ts";

/** The part of Lambda's context that is used. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

export interface FanoutSettings {
  readonly stage: string;
  readonly log?: Log;
  readonly write?: (line: string) => void;
}

const UNITS: Metrics["units"] = {
  audience: "Count",
  entries: "Count",
  posted: "Count",
  gone: "Count",
  throttled: "Count",
  failed: "Count",
  framesPerMessage: "None",
  bytes: "Bytes",
  queueAgeMs: "Milliseconds",
  lastMemberMs: "Milliseconds",
};

export function onFanout(
  ports: PumpPorts,
  { stage, log = consoleLog, write = standardOutput }: FanoutSettings,
): (order: PumpOrder, context: InvocationContext) => Promise<void> {
  return async (order, context) => {
    const { conversation, shard } = order;
    const tally = new PumpTally(ports.clock, order);
    const tell = (end: PumpEnd | "failed") => {
      const { signals, signalFrames, ...values } = tally.counts;
      const properties = { event: "pumped", conversation, shard, end, signals, signalFrames };
      // who finds another at it has nothing to tell, and of signals alone there is nothing to measure
      const isOfSignals = end === "done" && values.entries === 0 && signalFrames > 0;
      if (end === "held" || isOfSignals) return log.info("pumped", properties);
      const metrics = { units: UNITS, values, dimensions: { Stage: stage }, properties };
      writeMetrics(metrics, ports.clock.now(), write);
    };
    try {
      const run = { remainingMs: () => context.getRemainingTimeInMillis(), wait: (ms: number) => wait(ms) };
      const { end } = await pump(ports, order, run, tally);
      tell(end);
    } catch (error) {
      tell("failed");
      log.error("pump failed", { conversation, shard, cause: described(error) });
      throw error;
    }
  };
}
