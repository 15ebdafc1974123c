// What a SigV4 signature says of itself, in the `Authorization` header or, presigned, in the query string.

export interface SignedHttpRequest {
  readonly method: string;
  /** Path and query string as on the wire. */
  readonly url: string;
  /** Names in lower case, as Node.js gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** None is an empty one. */
  readonly body?: Uint8Array;
}

export interface SignatureParts {
  readonly accessKeyId: string;
  /** `20261120` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** Lower-case names, as in the signature. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261120T071142Z` */
  readonly time: string;
  readonly sessionToken: string | undefined;
  /** Of a presigned URL: how long it is good for. */
  readonly expiresSeconds: number | undefined;
}

/** `missing` names what a signature cannot be without. */
export type ReadSignature =
  | { readonly kind: "none" }
  | { readonly kind: "incomplete"; readonly accessKeyId: string | undefined; readonly missing: readonly string[] }
  | { readonly kind: "complete"; readonly parts: SignatureParts };

const algorithm = "AWS4-HMAC-SHA256";

export function readSignature({ url, headers }: SignedHttpRequest): ReadSignature {
  const authorization = textOf(headers.authorization);
  if (authorization?.startsWith(algorithm)) {
    const fields = new Map(authorization.slice(algorithm.length).split(",").map(field));
    return assemble((name) => fields.get(name), {
      time: textOf(headers["x-amz-date"]) ?? basicTime(textOf(headers.date)),
      sessionToken: textOf(headers["x-amz-security-token"]),
      expires: undefined,
    });
  }
  const at = url.indexOf("?");
  const query = at < 0 ? undefined : new URLSearchParams(url.slice(at + 1));
  if (!query?.has("X-Amz-Credential") && !query?.has("X-Amz-Signature")) return { kind: "none" };
  return assemble((name) => query.get(`X-Amz-${name}`) ?? undefined, {
    time: query.get("X-Amz-Date") ?? undefined,
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    expires: query.get("X-Amz-Expires") ?? undefined,
  });
}

function assemble(
  read: (name: string) => string | undefined,
  rest: {
    readonly time: string | undefined;
    readonly sessionToken: string | undefined;
    readonly expires: string | undefined;
  },
): ReadSignature {
  const [accessKeyId, day, region, service, terminator] = (read("Credential") ?? "").split("/");
  const signedHeaders = read("SignedHeaders");
  const signature = read("Signature");
  const missing: string[] = [];
  if (!accessKeyId || !day || !region || !service || terminator !== "aws4_request") missing.push("Credential");
  if (!/^[0-9a-f]{64}$/i.test(signature ?? "")) missing.push("Signature");
  if (!signedHeaders) missing.push("SignedHeaders");
  if (rest.time === undefined) missing.push("X-Amz-Date");
  if (missing.length > 0 || !accessKeyId || !day || !region || !service || !signature || !signedHeaders || !rest.time) {
    return { kind: "incomplete", accessKeyId: accessKeyId || undefined, missing };
  }
  const parts: SignatureParts = {
    accessKeyId,
    day,
    region,
    service,
    signature,
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    time: rest.time,
    sessionToken: rest.sessionToken,
    expiresSeconds: rest.expires === undefined ? undefined : Number(rest.expires),
  };
  return { kind: "complete", parts };
}

/** ` Credential=AKIA.../20261120/...` */
function field(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function textOf(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" || header === undefined ? header : header.join(",");
}

/** `Fri, 20 Nov 2026 07:11:42 GMT` as `20261120T071142Z`. */
function basicTime(date: string | undefined): string | undefined {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? undefined : toBasicTime(time);
}

export function toBasicTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

/** NaN for a text that is none. */
export function fromBasicTime(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
