import { createContext } from "./create-context.mjs";

/**
 * The handler's answer, however it gives it. Up to Node.js 22 a handler may answer through a callback or its context, and what it returns
 * counts only if it is a promise; from 24 on there is no callback and any returned value counts (aws facts §10.1).
 * @param {(...args: unknown[]) => unknown} handler
 * @param {import("../worker-protocol.ts").InvokeMessage} message
 * @param {import("../worker-protocol.ts").WorkerSettings} settings
 * @returns {Promise<unknown> | unknown}
 */
export function callHandler(handler, message, settings) {
  const event = JSON.parse(message.payload);
  const context = createContext(message, settings);
  if (settings.runtimeMajor >= 24) return handler(event, context);
  return new Promise((resolve, reject) => {
    const before = underWay();
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error === undefined || error === null ? resolve(result) : reject(error);
    const done = { done: callback, succeed: resolve, fail: reject };
    const returned = handler(event, Object.assign(context, done), callback);
    if (isThenable(returned)) returned.then(resolve, reject);
    else whenNothingIsToCome(before, () => resolve(null));
  });
}

/** A function may put its own in their places. */
const [nextTurn, later] = [setImmediate, setTimeout];
const LOOK_AGAIN_MS = 2;

/** Timers, sockets and whatever else may still call back. */
function underWay() {
  return process.getActiveResourcesInfo().length;
}

/**
 * Lambda waits for the event loop to run empty: what has no answer by then never will.
 * @param {number} before how much was under way before the event, none of which is waited for
 * @param {() => void} then
 */
function whenNothingIsToCome(before, then) {
  const look = () => (underWay() <= before ? then() : later(look, LOOK_AGAIN_MS).unref());
  nextTurn(look);
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
