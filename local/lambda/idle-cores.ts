// How much of the machine is free: what waits for a core looks the same as what waits for an answer, except that the machine is busy.
import { cpus } from "node:os";

interface CoreTimes {
  readonly idle: number;
  readonly all: number;
}

/** Starts to measure; the result tells the idle share of all cores since then, from 0 to 1. */
export function measureIdleCores(): () => number {
  const before = readTimes();
  return () => {
    const { idle, all } = readTimes();
    // Time is counted in ticks of ten milliseconds: within one, nothing is known of a busy machine.
    return all > before.all ? (idle - before.idle) / (all - before.all) : 1;
  };
}

function readTimes(): CoreTimes {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
}
