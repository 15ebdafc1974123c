// On AWS an execution environment is frozen between events and costs nothing. Here it shares the laptop's memory: what a burst of events
// has left in the heap is collected once they are over, instead of when the next ones come.
import { performance } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const RESTED_MS = 500;
const WORTH_BYTES = 2 * 1024 * 1024;

/**
 * To be called a few times a second, with how many events there have been, and whether one is being handled.
 * @returns {(events: number, isBusy: boolean) => void}
 */
export function collectWhenIdle() {
  let [seen, since, kept] = [0, 0, 0];
  return (events, isBusy) => {
    if (isBusy || events !== seen) [seen, since] = [events, performance.now()];
    else if (performance.now() - since >= RESTED_MS && usedHeap() - kept > WORTH_BYTES) {
      collect();
      kept = usedHeap();
    }
  };
}

/** @type {(() => void) | undefined} */
let gc;

/**
 * There is no other way to V8's collector but the inspector's. The flag is the whole process's and stays: who took it back would take it
 * from a worker that has set it this moment. What it gives to workers made later, `hideCollector` takes.
 */
function collect() {
  if (!gc) {
    setFlagsFromString("--expose-gc");
    gc = runInNewContext("globalThis.gc");
  }
  gc?.();
}

/** A function has no `gc`. V8 does not let it be deleted. */
export function hideCollector() {
  if ("gc" in globalThis) globalThis.gc = undefined;
}

function usedHeap() {
  return getHeapStatistics().used_heap_size;
}
