// Paths are relative to the Terraform file, which is the root module's directory.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { toText } from "./convert.ts";
import { hash } from "./encoding-functions.ts";
import type { TerraformFunction } from "./functions.ts";

const read = (path: unknown, directory: string): Buffer => readFileSync(resolve(directory, toText(path)));

export const fileFunctions: Readonly<Record<string, TerraformFunction>> = {
  file: ([path], directory) => read(path, directory).toString(),
  filebase64: ([path], directory) => read(path, directory).toString("base64"),
  fileexists: ([path], directory) => existsSync(resolve(directory, toText(path))),
  filemd5: ([path], directory) => hash("md5", "hex", read(path, directory)),
  filesha1: ([path], directory) => hash("sha1", "hex", read(path, directory)),
  filesha256: ([path], directory) => hash("sha256", "hex", read(path, directory)),
  filesha512: ([path], directory) => hash("sha512", "hex", read(path, directory)),
  filebase64sha256: ([path], directory) => hash("sha256", "base64", read(path, directory)),
  filebase64sha512: ([path], directory) => hash("sha512", "base64", read(path, directory)),
  abspath: ([path], directory) => resolve(directory, toText(path)),
  basename: ([path]) => basename(toText(path)),
  dirname: ([path]) => dirname(toText(path)),
};
