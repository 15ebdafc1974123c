// Who signed a request, and whether the signature is right: the check every AWS service makes before it looks at permissions.
// Only keys that were issued here can be verified. Another key is a developer's own, on their machine: it may do everything, as
// long as what it signed is for this service and time.
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import type { Caller, Credentials } from "./credentials.ts";
import {
  fromBasicTime,
  readSignature,
  type SignatureParts,
  type SignedHttpRequest,
  toBasicTime,
} from "./signature-parts.ts";

export type { SignedHttpRequest } from "./signature-parts.ts";

export type Verified =
  | { readonly kind: "anonymous" }
  | { readonly kind: "developer"; readonly accessKeyId: string | undefined }
  | { readonly kind: "known"; readonly caller: Caller; readonly accessKeyId: string }
  /** In AWS's words; the status is the service's own: 403 of API Gateway, 400 of DynamoDB. */
  | { readonly kind: "refused"; readonly errorType: SignatureError; readonly message: string };

export type SignatureError =
  | "IncompleteSignatureException"
  | "InvalidSignatureException"
  | "UnrecognizedClientException";

export interface Expected {
  readonly credentials: Pick<Credentials, "find" | "enforced">;
  /** `execute-api`, `dynamodb`, `lambda` */
  readonly service: string;
  readonly region: string;
  /** Milliseconds since the epoch, of the clock that signers on this machine read too. */
  readonly now?: number;
}

const skewMs = 5 * 60_000;
/** A presigned URL is good for seven days at most. */
const longestExpirySeconds = 7 * 24 * 3600;
const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

export function verifySignature(request: SignedHttpRequest, expected: Expected): Verified {
  const { credentials, now = Date.now() } = expected;
  const read = readSignature(request);
  if (read.kind === "none") return { kind: "anonymous" };
  if (!credentials.enforced) {
    return { kind: "developer", accessKeyId: read.kind === "complete" ? read.parts.accessKeyId : read.accessKeyId };
  }
  // Of whoever it is: nobody's tool signs so, but what a web page sends looks like it.
  if (read.kind === "incomplete") {
    const sentences = read.missing.map((name) => `The signature requires '${name}'.`);
    return refuse("IncompleteSignatureException", sentences.join(" "));
  }
  const { parts } = read;
  const issued = credentials.find(parts.accessKeyId);
  if (!issued) {
    // Their command line may be set to another region.
    const wrong = serviceProblem(parts, expected) ?? timeProblem(parts, now);
    return wrong === undefined
      ? { kind: "developer", accessKeyId: parts.accessKeyId }
      : refuse("InvalidSignatureException", wrong);
  }
  if (parts.sessionToken !== issued.key.sessionToken) {
    return refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const wrong = scopeProblem(parts, expected) ?? timeProblem(parts, now);
  if (wrong !== undefined) return refuse("InvalidSignatureException", wrong);
  if (!isSignedBy(issued.key.secretAccessKey, request, parts)) return refuse("InvalidSignatureException", mismatch);
  return { kind: "known", caller: issued.caller, accessKeyId: parts.accessKeyId };
}

function refuse(errorType: SignatureError, message: string): Verified {
  return { kind: "refused", errorType, message };
}

function scopeProblem(parts: SignatureParts, expected: Expected): string | undefined {
  const { region, signedHeaders } = parts;
  if (region !== expected.region) return `Credential should be scoped to a valid region, not '${region}'.`;
  const wrongService = serviceProblem(parts, expected);
  if (wrongService !== undefined) return wrongService;
  if (!signedHeaders.includes("host")) return "'Host' must be a 'SignedHeader' in the AWS Authorization.";
  return undefined;
}

function serviceProblem({ service }: SignatureParts, expected: Expected): string | undefined {
  if (service === expected.service) return undefined;
  return `Credential should be scoped to correct service: '${expected.service}'.`;
}

function timeProblem({ day, time, expiresSeconds }: SignatureParts, now: number): string | undefined {
  const signedAt = fromBasicTime(time);
  if (Number.isNaN(signedAt)) return `Date must be in ISO-8601 'basic format'. Got '${time}'.`;
  if (time.slice(0, 8) !== day) {
    return `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${day}' != '${time.slice(0, 8)}', from '${time}'.`;
  }
  if (expiresSeconds !== undefined && !(expiresSeconds > 0 && expiresSeconds <= longestExpirySeconds)) {
    return `X-Amz-Expires must be between 1 and ${longestExpirySeconds} seconds`;
  }
  const lifeMs = expiresSeconds === undefined ? skewMs : expiresSeconds * 1000;
  if (signedAt + lifeMs < now) {
    const earliest = toBasicTime(now - lifeMs);
    return `Signature expired: ${time} is now earlier than ${earliest} (${toBasicTime(now)} - ${lifeMs / 60_000} min.)`;
  }
  if (signedAt - skewMs > now) {
    return `Signature not yet current: ${time} is still later than ${toBasicTime(now + skewMs)} (${toBasicTime(now)} + 5 min.)`;
  }
  return undefined;
}

function isSignedBy(secretAccessKey: string, request: SignedHttpRequest, parts: SignatureParts): boolean {
  const { day, region, service, time } = parts;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonicalRequest(request, parts))}`;
  const signature = createHmac("sha256", signingKey(secretAccessKey, parts)).update(text).digest();
  const given = Buffer.from(parts.signature, "hex");
  return given.length === signature.length && timingSafeEqual(given, signature);
}

/** The same for a day: derived once. */
const signingKeys = new Map<string, Buffer>();

function signingKey(secretAccessKey: string, { day, region, service }: SignatureParts): Buffer {
  const name = `${secretAccessKey}/${day}/${region}/${service}`;
  const known = signingKeys.get(name);
  if (known) return known;
  // Keys of other days, and of functions that were reloaded since.
  if (signingKeys.size >= 1000) signingKeys.clear();
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), "aws4_request");
  signingKeys.set(name, key);
  return key;
}

function canonicalRequest(
  { method, url, headers, body }: SignedHttpRequest,
  { signedHeaders }: SignatureParts,
): string {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  const lines = signedHeaders.map((name) => `${name}:${canonicalValue(headers[name])}\n`);
  return [
    method,
    canonicalPath(path),
    at < 0 ? "" : canonicalQuery(url.slice(at + 1)),
    lines.join(""),
    signedHeaders.join(";"),
    // Always of the body that came: what `x-amz-content-sha256` claims is only one of the signed headers.
    hash("sha256", body ?? ""),
  ].join("\n");
}

/** Services other than S3 encode the path of the wire once more, and drop its empty and dot segments. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  return `/${segments.join("/")}${path.endsWith("/") && segments.length > 0 ? "/" : ""}`;
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join("="))
    .join("&");
}

/** By code point: a locale would sort otherwise. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function canonicalValue(value: string | readonly string[] | undefined): string {
  const text = typeof value === "string" ? value : (value ?? []).join(",");
  return text.trim().replace(/\s+/g, " ");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
