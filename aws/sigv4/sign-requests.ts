// AWS Signature Version 4 in the Authorization header. Made for many requests that differ in their path only: everything else is
// worked out once, and each path then costs one hash and one HMAC.
import { createHmac, hash } from "node:crypto";
import { canonicalHeaders } from "./canonical-headers.ts";
import { canonicalPath } from "./canonical-path.ts";
import { canonicalQuery } from "./canonical-query.ts";
import type { SigningKeys } from "./signing-key.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request but for its path. */
export interface PathlessRequest {
  readonly method: string;
  /** As sent, without `?`. */
  readonly query?: string;
  /** Those to sign, names in lower case; the signer adds `x-amz-date` and `x-amz-security-token`. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 in hex. */
  readonly bodyHash: string;
}

export interface Signing {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly keys: SigningKeys;
}

export interface SignedRequests {
  /** All that were signed, those that the signer added among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The Authorization header of the request to `path`, which is written as it will be sent. */
  authorization(path: string): string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

export function signRequests(
  request: PathlessRequest,
  { credentials, region, service, at, keys }: Signing,
): SignedRequests {
  const date = amzDate(at);
  const day = date.slice(0, 8);
  const headers = {
    ...request.headers,
    "x-amz-date": date,
    ...(credentials.sessionToken === undefined ? {} : { "x-amz-security-token": credentials.sessionToken }),
  };
  const { block, names } = canonicalHeaders(headers);
  const beforePath = `${request.method}\n`;
  const afterPath = `\n${canonicalQuery(request.query ?? "")}\n${block}\n${names}\n${request.bodyHash}`;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = keys.get(credentials.secretAccessKey, { day, region, service });
  const toSign = `${ALGORITHM}\n${date}\n${scope}\n`;
  const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=`;
  // paths are mostly of one length: then only they are written anew
  let canonicalRequest = Buffer.alloc(0);
  let pathLength = -1;
  return {
    headers,
    authorization(path) {
      const canonical = canonicalPath(path);
      if (canonical.length === pathLength) canonicalRequest.write(canonical, beforePath.length, "latin1");
      else canonicalRequest = Buffer.from(beforePath + canonical + afterPath);
      pathLength = canonical.length;
      return (
        authorization +
        createHmac("sha256", key)
          .update(toSign + sha256(canonicalRequest))
          .digest("hex")
      );
    },
  };
}

export function sha256(data: string | Uint8Array): string {
  return hash("sha256", data);
}

/** `20260830T123600Z` */
function amzDate(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
