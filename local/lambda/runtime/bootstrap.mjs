// The Lambda runtime inside a worker thread: loads the handler once, then runs one event after the other.
// Plain JavaScript, so that no TypeScript loader weighs on the cold start.
import { performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { beginOffer } from "./begin-offer.mjs";
import { callHandler } from "./call-handler.mjs";
import { collectWhenIdle, hideCollector } from "./collect-when-idle.mjs";
import { describeError } from "./describe-error.mjs";
import { loadHandler } from "./load-handler.mjs";
import { patchConsole } from "./patch-console.mjs";
import { startRelativePathsAt } from "./relative-paths.mjs";
import { rerouteRequests } from "./reroute-requests.mjs";
import { skewClock } from "./skew-clock.mjs";

/** @typedef {import("../worker-protocol.ts").WorkerMessage} WorkerMessage */
/** @typedef {import("../worker-protocol.ts").InvokeMessage} InvokeMessage */
/** @typedef {import("../worker-protocol.ts").WorkerSettings} WorkerSettings */

/** Largest response of a synchronous invocation (aws facts §10.2). */
const maxResponseBytes = 6_291_556;

/** A function may put its own in its place. */
const nextTurn = setImmediate;

const settings = /** @type {WorkerSettings} */ (workerData);
const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
/** @type {(message: WorkerMessage) => void} */
const post = (message) => port.postMessage(message);

/** @type {InvokeMessage | undefined} */
let current;
/** The first one runs. */
/** @type {InvokeMessage[]} */
const handed = [];
let isOver = false;
let events = 0;
let startedAt = 0;
let memoryMb = 0;
let memoryReadAt = Number.NEGATIVE_INFINITY;

const logger = patchConsole(
  settings,
  () => current?.requestId,
  (timestamp, line) => post({ kind: "log", timestamp, line: shown(line) }),
);
process.cwd = () => settings.codeDirectory;
startRelativePathsAt(settings.codeDirectory);
if (settings.gateway) rerouteRequests(settings.gateway);
if (settings.clockSkewMs) skewClock(settings.clockSkewMs);
muteVersionWarning();
hideCollector();
process.on("uncaughtException", (error) => fail(describe(error), true));
process.on("unhandledRejection", (reason) => {
  const { errorMessage, trace } = describe(reason);
  fail({ errorType: "Runtime.UnhandledPromiseRejection", errorMessage, trace }, true);
});

watchMemory();

try {
  const handler = await loadHandler(settings);
  port.on("message", (/** @type {InvokeMessage} */ message) => take(handler, message));
  post({ kind: "ready", initMs: performance.timeOrigin + performance.now() - settings.bornAt });
} catch (error) {
  const failure = describe(error);
  logger.logError(failure);
  post({ kind: "init-error", ...failure });
}

/**
 * Runs it, after those that came before.
 * @param {(...args: unknown[]) => unknown} handler
 * @param {InvokeMessage} message
 */
async function take(handler, message) {
  handed.push(message);
  if (handed.length > 1) return;
  for (let one = handed[0]; one && !isOver; one = handed[0]) {
    if (beginOffer(settings.offers, one.slot)) await run(handler, one);
    handed.shift();
    // What one has left behind comes to its end before the next, as it would while a runtime asks for its next event.
    if (handed.length > 0) await new Promise(nextTurn);
  }
}

/**
 * @param {(...args: unknown[]) => unknown} handler
 * @param {InvokeMessage} message
 */
async function run(handler, message) {
  current = message;
  events++;
  startedAt = performance.now();
  try {
    const payload = serialize(await callHandler(handler, message, settings));
    // A rejection nobody handled has answered for this event already.
    if (current !== message) return;
    current = undefined;
    post({ kind: "result", payload, durationMs: performance.now() - startedAt, memoryMb: usedMemoryMb() });
  } catch (error) {
    if (current === message) fail(describe(error), false);
  }
}

/**
 * @param {import("../worker-protocol.ts").FunctionError} failure
 * @param {boolean} fatal
 */
function fail(failure, fatal) {
  logger.logError(failure);
  isOver ||= fatal;
  const durationMs = current ? performance.now() - startedAt : 0;
  current = undefined;
  post({ kind: "error", ...failure, fatal, durationMs, memoryMb: usedMemoryMb() });
}

/** @param {unknown} thrown */
function describe(thrown) {
  const { errorType, errorMessage, trace } = describeError(thrown);
  return { errorType, errorMessage: shown(errorMessage), trace: trace.map(shown) };
}

/**
 * With the paths that a developer knows.
 * @param {string} text
 */
function shown(text) {
  return settings.copyOf === undefined ? text : text.replaceAll(settings.codeDirectory, settings.copyOf);
}

/** @param {unknown} result */
function serialize(result) {
  let payload;
  try {
    // A function or a symbol has no JSON either.
    payload = JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
  if (payload.length * 3 > maxResponseBytes && Buffer.byteLength(payload) > maxResponseBytes) {
    const error = new Error(`Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`);
    error.name = "Function.ResponseSizeTooLarge";
    throw error;
  }
  return payload;
}

/** Read at most once a second, because reading costs as much as a small handler. */
function usedMemoryMb() {
  if (startedAt - memoryReadAt > 1000) {
    memoryReadAt = startedAt;
    memoryMb = Math.max(memoryMb, readMemoryMb());
  }
  return memoryMb;
}

/** Of this thread: its heap, and the buffers outside of it. */
function readMemoryMb() {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return Math.ceil((total_heap_size + external_memory) / 1_048_576);
}

/** V8 ends a thread whose heap is too large; for buffers nobody does. */
function watchMemory() {
  const collect = collectWhenIdle();
  const check = () => {
    collect(events, current !== undefined);
    const used = current ? readMemoryMb() : 0;
    if (used <= settings.memoryMb) return;
    memoryMb = used;
    const errorMessage = `Runtime exited with error: signal: killed (${used} MB were more than the function's ${settings.memoryMb} MB)`;
    fail({ errorType: "Runtime.ExitError", errorMessage, trace: [] }, true);
  };
  setInterval(check, 250).unref();
}

/** Warnings of this machine's Node.js, which is not the runtime the function will have on AWS: the SDK's, and its own. */
function muteVersionWarning() {
  const muted = /^(NodeVersionSupportWarning|.*ES Module.* in require\(\) is an experimental feature)/;
  const emitWarning = process.emitWarning;
  process.emitWarning = (/** @type {any[]} */ ...args) => {
    if (!muted.test(String(args[0]))) Reflect.apply(emitWarning, process, args);
  };
}
