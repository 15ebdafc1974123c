import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Json, Reply } from "./store.ts";

/** An answer as DynamoDB and dynalite shape it; SDKs check the body against the checksum. */
export function jsonReply(status: number, json: Json): Reply {
  const body = JSON.stringify(json);
  return {
    status,
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "Content-Length": String(Buffer.byteLength(body)),
      "x-amz-crc32": String(crc32(body)),
      "x-amzn-RequestId": randomBytes(32).toString("hex").slice(0, 52).toUpperCase(),
    },
    body,
  };
}
