// `index.handler` or `src/app.handlers.main`: the file of the first part, the export of the rest.
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeError } from "./describe-error.mjs";

/**
 * @param {import("../worker-protocol.ts").WorkerSettings} settings
 * @returns {Promise<(...args: unknown[]) => unknown>}
 */
export async function loadHandler({ codeDirectory, handler, runtimeMajor }) {
  const name = basename(handler);
  const dot = name.indexOf(".");
  if (dot < 1) throw runtimeError("Runtime.MalformedHandlerName", "Bad handler");
  const moduleName = join(dirname(handler), name.slice(0, dot));
  const loaded = await importModule(codeDirectory, moduleName);
  const found = exportOf(loaded, name.slice(dot + 1));
  if (found === undefined) {
    throw runtimeError("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") throw runtimeError("Runtime.HandlerNotFound", `${handler} is not a function`);
  // From Node.js 24 on Lambda has no callbacks (aws facts §10.1).
  if (runtimeMajor >= 24 && found.length >= 3) {
    throw runtimeError(
      "Runtime.CallbackHandlerDeprecated",
      `${handler} takes a callback: AWS Lambda has no callback-based handlers from Node.js 24 on. Return a value or a promise.`,
    );
  }
  return /** @type {(...args: unknown[]) => unknown} */ (found);
}

/**
 * In Lambda's order: `.js` (its package.json says which kind), `.mjs`, `.cjs`.
 * @param {string} codeDirectory
 * @param {string} moduleName
 * @returns {Promise<Record<string, unknown>>}
 */
async function importModule(codeDirectory, moduleName) {
  const file = [".js", ".mjs", ".cjs"]
    .map((ending) => join(codeDirectory, moduleName + ending))
    .find((one) => existsSync(one));
  if (!file) {
    throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${moduleName}' in ${codeDirectory}`);
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("Runtime.UserCodeSyntaxError", String(error));
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
      throw runtimeError("Runtime.ImportModuleError", String(error));
    }
    throw error;
  }
}

/**
 * Exports of a CommonJS file that Node's analysis does not see are found on `default`.
 * @param {Record<string, unknown>} loaded
 * @param {string} path
 * @returns {unknown}
 */
function exportOf(loaded, path) {
  return find(loaded, path) ?? find(loaded.default, path);
}

/**
 * @param {unknown} from
 * @param {string} path
 * @returns {unknown}
 */
function find(from, path) {
  return path.split(".").reduce((at, key) => /** @type {Record<string, unknown> | undefined} */ (at)?.[key], from);
}
