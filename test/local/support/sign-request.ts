// SigV4 from the signer's side, written from AWS's description of it, so that the verifier is not tested with itself.
import { createHash, createHmac } from "node:crypto";

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface ToSign {
  readonly method?: string;
  /** Of the wire: its path is encoded once. */
  readonly url: string;
  readonly body?: string;
  readonly service?: string;
  readonly region?: string;
  readonly at?: Date;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers of a signed request. */
export function signHeaders(signer: Signer, request: ToSign): Record<string, string> {
  const { host } = new URL(request.url);
  const headers: Record<string, string> = { host, "x-amz-date": basic(request.at ?? new Date()) };
  if (signer.sessionToken !== undefined) headers["x-amz-security-token"] = signer.sessionToken;
  const names = Object.keys(headers).sort();
  const signature = sign(signer, request, headers, new URL(request.url).searchParams);
  const credential = `${signer.accessKeyId}/${scopeOf(request)}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

/** The URL with its signature in the query string. */
export function presign(signer: Signer, request: ToSign, expiresSeconds = 60): string {
  const url = new URL(request.url);
  const query = url.searchParams;
  query.set("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  query.set("X-Amz-Credential", `${signer.accessKeyId}/${scopeOf(request)}`);
  query.set("X-Amz-Date", basic(request.at ?? new Date()));
  query.set("X-Amz-Expires", String(expiresSeconds));
  query.set("X-Amz-SignedHeaders", "host");
  if (signer.sessionToken !== undefined) query.set("X-Amz-Security-Token", signer.sessionToken);
  query.set("X-Amz-Signature", sign(signer, request, { host: url.host }, query));
  return url.href;
}

function sign(signer: Signer, request: ToSign, headers: Record<string, string>, query: URLSearchParams): string {
  const names = Object.keys(headers).sort();
  const path = new URL(request.url).pathname;
  const canonical = [
    request.method ?? "GET",
    path.split("/").map(encode).join("/"),
    [...query]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    sha256(request.body ?? ""),
  ].join("\n");
  const time = basic(request.at ?? new Date());
  const text = ["AWS4-HMAC-SHA256", time, scopeOf(request), sha256(canonical)].join("\n");
  const key = scopeOf(request)
    .split("/")
    .reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${signer.secretAccessKey}`);
  return hmac(key, text).toString("hex");
}

function scopeOf({ at = new Date(), region = "eu-central-1", service = "execute-api" }: ToSign): string {
  return `${basic(at).slice(0, 8)}/${region}/${service}/aws4_request`;
}

function basic(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
