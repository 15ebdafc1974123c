import { createHash } from "node:crypto";
import { toText } from "./convert.ts";
import { encodeJson } from "./encode-json.ts";
import type { TerraformFunction } from "./functions.ts";

export const encodingFunctions: Readonly<Record<string, TerraformFunction>> = {
  jsonencode: ([value]) => encodeJson(value),
  jsondecode: ([text]) => JSON.parse(toText(text)),
  base64encode: ([text]) => Buffer.from(toText(text)).toString("base64"),
  base64decode: ([text]) => Buffer.from(toText(text), "base64").toString(),
  urlencode: ([text]) =>
    encodeURIComponent(toText(text))
      .replace(/%20/g, "+")
      .replace(/[!'()*]/g, percentEncoded),
  md5: ([text]) => hash("md5", "hex", toText(text)),
  sha1: ([text]) => hash("sha1", "hex", toText(text)),
  sha256: ([text]) => hash("sha256", "hex", toText(text)),
  sha512: ([text]) => hash("sha512", "hex", toText(text)),
  base64sha256: ([text]) => hash("sha256", "base64", toText(text)),
  base64sha512: ([text]) => hash("sha512", "base64", toText(text)),
};

export function hash(
  algorithm: "md5" | "sha1" | "sha256" | "sha512",
  encoding: "hex" | "base64",
  data: string | Buffer,
): string {
  return createHash(algorithm).update(data).digest(encoding);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
