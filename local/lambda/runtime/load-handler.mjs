// `index.handler` or `src/app.handlers.main`: the file of the first part, the export of the rest.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeError } from "./describe-error.mjs";

/**
 * @param {import("../worker-protocol.ts").WorkerSettings} settings
 * @returns {Promise<(...args: unknown[]) => unknown>}
 */
export async function loadHandler({ codeDirectory, handler, runtimeMajor, missingLayers }) {
  if (handler.split("/").includes("..")) {
    const message = `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`;
    throw runtimeError("Runtime.MalformedHandlerName", message);
  }
  const name = basename(handler);
  const dot = name.indexOf(".");
  if (dot < 1) throw runtimeError("Runtime.MalformedHandlerName", "Bad handler");
  const moduleName = join(dirname(handler), name.slice(0, dot));
  const loaded = await importModule(codeDirectory, moduleName, missingLayers);
  const found = find(loaded, name.slice(dot + 1));
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
 * In Lambda's order: the name as it is, `.js` (its package.json says which kind), `.mjs`, `.cjs`, a directory's `index.js`.
 * @param {string} codeDirectory
 * @param {string} moduleName
 * @param {readonly string[]} missingLayers
 * @returns {Promise<Record<string, unknown>>}
 */
async function importModule(codeDirectory, moduleName, missingLayers) {
  const file = ["", ".js", ".mjs", ".cjs", "/index.js"]
    .map((ending) => join(codeDirectory, moduleName + ending))
    .find((one) => statSync(one, { throwIfNoEntry: false })?.isFile());
  if (!file) {
    throw runtimeError("Runtime.ImportModuleError", `Error: Cannot find module '${moduleName}' in ${codeDirectory}`);
  }
  try {
    // As there, CommonJS is required: its exports are what it says, a "default" among them.
    return isModule(file, codeDirectory) ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError("Runtime.UserCodeSyntaxError", String(error));
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
      throw runtimeError("Runtime.ImportModuleError", `${error}${hintOf(String(error), missingLayers)}`);
    }
    throw error;
  }
}

/**
 * Why a package that is there on AWS is not here.
 * @param {string} message
 * @param {readonly string[]} missingLayers
 */
function hintOf(message, missingLayers) {
  const [, name = ""] = message.match(/Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/) ?? [];
  if (/^@(aws-sdk|smithy)\//.test(name)) {
    return ` (on AWS the runtime has ${name}; here it has only what is installed beside the emulator: install ${name} there, or with the function)`;
  }
  if (name === "aws-sdk") return " (version 2 of the SDK is in no runtime since nodejs18.x)";
  return missingLayers.length > 0 ? ` (perhaps it is in a layer that is not here: ${missingLayers.join(", ")})` : "";
}

/**
 * By its ending, else by the nearest package.json of the function's own.
 * @param {string} file
 * @param {string} codeDirectory
 */
function isModule(file, codeDirectory) {
  if (!file.endsWith(".js")) return file.endsWith(".mjs");
  for (let at = dirname(file); at.length >= codeDirectory.length; at = dirname(at)) {
    const manifest = join(at, "package.json");
    if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).type === "module";
  }
  return false;
}

/**
 * @param {unknown} from
 * @param {string} path
 * @returns {unknown}
 */
function find(from, path) {
  return path.split(".").reduce((at, key) => /** @type {Record<string, unknown> | undefined} */ (at)?.[key], from);
}
