// Plain JavaScript, because run-synth.mjs needs it before there is anything that could load TypeScript.
import path from "node:path";

const CODES = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * What is to be done about a file that may not be written; undefined for any other error. Node's own words leave that to the reader, who may
 * not remember the `sudo npm …` of last week.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function unwritable(error) {
  const { code = "", path: at } = /** @type {NodeJS.ErrnoException} */ (Object(error));
  if (!CODES.has(code) || at === undefined) return undefined;
  const shown = path.relative(process.cwd(), at) || ".";
  const way =
    code === "EROFS"
      ? "its disk is read-only: work in a copy of the project on another one"
      : 'become its owner, as with: sudo chown -R "$USER" . in the project – or work in a copy that is yours';
  return `${shown} may not be written (${code}): ${way}.`;
}
