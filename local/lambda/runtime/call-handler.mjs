import { createContext } from "./create-context.mjs";

/**
 * The handler's answer, however it gives it. Up to Node.js 22 a handler may answer through a callback, and what it returns
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
    const callback = (/** @type {unknown} */ error, /** @type {unknown} */ result) =>
      error === undefined || error === null ? resolve(result) : reject(error);
    const returned = handler(event, context, callback);
    if (isThenable(returned)) returned.then(resolve, reject);
    // Lambda waits for the event loop to run empty; here the answer null is given at once.
    else if (handler.length < 3) setImmediate(resolve, null);
  });
}

/**
 * @param {unknown} value
 * @returns {value is PromiseLike<unknown>}
 */
function isThenable(value) {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
