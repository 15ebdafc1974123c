/**
 * A thrown value as Lambda's Node.js runtime reports it. The names under `Runtime.` and `Function.` are set on `name`, all
 * others are the class.
 * @param {unknown} thrown
 * @returns {import("../worker-protocol.ts").FunctionError}
 */
export function describeError(thrown) {
  if (!(thrown instanceof Error)) {
    return { errorType: typeof thrown, errorMessage: thrown === undefined ? "undefined" : String(thrown), trace: [] };
  }
  return {
    errorType: thrown.name || thrown.constructor.name,
    errorMessage: thrown.message,
    trace: (thrown.stack ?? "").split("\n"),
  };
}

/**
 * @param {string} name
 * @param {string} message
 */
export function runtimeError(name, message) {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}`;
  return error;
}
