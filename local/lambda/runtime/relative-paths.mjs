// On Lambda the working directory is where the function's code is. A worker thread has none of its own, so relative paths are
// made absolute before `fs` sees them: in all three of its forms, and however it is imported.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

/** Where a function has paths among its arguments. A symbolic link's target is relative to the link. */
const paths = {
  first:
    "access appendFile chmod chown createReadStream createWriteStream exists lchmod lchown lstat lutimes mkdir mkdtemp " +
    "mkdtempDisposable open openAsBlob opendir readFile readdir readlink realpath rm rmdir stat statfs truncate unlink " +
    "unwatchFile utimes watch watchFile writeFile",
  second: "symlink",
  both: "copyFile cp link rename",
};

/** @param {string} directory */
export function startRelativePathsAt(directory) {
  /** @param {unknown} given */
  const absolute = (given) => {
    // Bytes need not be text.
    if (Buffer.isBuffer(given)) return isRelative(given.toString("latin1")) ? Buffer.concat([prefix, given]) : given;
    return typeof given === "string" && isRelative(given) ? path.join(directory, given) : given;
  };
  const prefix = Buffer.from(directory + path.sep);
  replace(
    paths.first,
    (original) =>
      (first, ...rest) =>
        original(absolute(first), ...rest),
  );
  replace(
    paths.second,
    (original) =>
      (first, second, ...rest) =>
        original(first, absolute(second), ...rest),
  );
  replace(
    paths.both,
    (original) =>
      (first, second, ...rest) =>
        original(absolute(first), absolute(second), ...rest),
  );
  syncBuiltinESMExports();
}

/**
 * The empty one is none at all.
 * @param {string} given
 */
function isRelative(given) {
  return given !== "" && !path.isAbsolute(given);
}

/** @typedef {(...args: unknown[]) => unknown} Fn */

/**
 * @param {string} names
 * @param {(original: Fn) => Fn} change
 */
function replace(names, change) {
  for (const name of names.split(" ").flatMap((one) => [one, `${one}Sync`])) {
    for (const target of /** @type {Record<string, Fn>[]} */ (/** @type {unknown} */ ([fs, fs.promises]))) {
      if (target[name]) target[name] = changed(target[name], change);
    }
  }
}

/**
 * With the forms it has besides: `realpath.native`, what `promisify` makes of `exists`.
 * @param {Fn} original
 * @param {(original: Fn) => Fn} change
 */
function changed(original, change) {
  const result = change(original);
  for (const key of Reflect.ownKeys(original)) {
    const form = Reflect.get(original, key);
    if (key !== "prototype" && typeof form === "function") Reflect.set(result, key, change(form));
  }
  return result;
}
