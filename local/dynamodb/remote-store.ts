// Another DynamoDB in the place of the embedded one: DynamoDB Local, or AWS itself. Who may do what is still decided here,
// so requests go on with this machine's own credentials instead of those of the function.
import { createHash, createHmac } from "node:crypto";
import { caller, type Reply, type Store, type WireRequest } from "./store.ts";

export interface RemoteStoreOptions {
  /** `http://localhost:8000`, `https://dynamodb.eu-central-1.amazonaws.com` */
  readonly endpoint: string;
  readonly region: string;
  readonly keys: OwnKeys;
}

export interface OwnKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export function openRemoteStore(options: RemoteStoreOptions): Store {
  const send = async ({ method, headers, body }: WireRequest): Promise<Reply> => {
    const target = String(headers["x-amz-target"] ?? "");
    const response = await reach(options.endpoint, method, signed(options, { method, target, body }), body);
    const text = await response.text();
    const kept = ["content-type", "x-amz-crc32", "x-amzn-requestid"].flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const length = String(Buffer.byteLength(text));
    return { status: response.status, headers: { ...Object.fromEntries(kept), "content-length": length }, body: text };
  };
  return { send, call: caller(send), close: async () => {} };
}

async function reach(
  endpoint: string,
  method: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Response> {
  try {
    return await fetch(endpoint, { method, headers, ...(method === "POST" ? { body: new Uint8Array(body) } : {}) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`The DynamoDB endpoint ${endpoint} cannot be reached: ${cause}`);
  }
}

const contentType = "application/x-amz-json-1.0";

/** SigV4 with the four headers that DynamoDB needs. */
function signed(
  { endpoint, region, keys }: RemoteStoreOptions,
  { method, target, body }: { method: string; target: string; body: Buffer },
): Record<string, string> {
  const { host, pathname } = new URL(endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const toSign: Record<string, string> = {
    "content-type": contentType,
    host,
    "x-amz-date": time,
    ...(keys.sessionToken === undefined ? {} : { "x-amz-security-token": keys.sessionToken }),
    "x-amz-target": target,
  };
  const names = Object.keys(toSign);
  const lines = names.map((name) => `${name}:${toSign[name]}\n`).join("");
  const canonical = [method, pathname, "", lines, names.join(";"), sha256(body)].join("\n");
  const scope = `${time.slice(0, 8)}/${region}/dynamodb/aws4_request`;
  const key = [time.slice(0, 8), region, "dynamodb", "aws4_request"].reduce<string | Buffer>(
    hmac,
    `AWS4${keys.secretAccessKey}`,
  );
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString("hex");
  const { host: _, ...sent } = toSign;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
