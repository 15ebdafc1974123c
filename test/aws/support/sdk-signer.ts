// The AWS SDK's own signer, to compare with.
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials, PathlessRequest } from "#aws/sigv4/sign-requests.ts";

class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: unknown) {
    this.#secret = secret as string | Uint8Array | undefined;
    this.#hash = this.#fresh();
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

export interface SdkSigning {
  readonly credentials: Credentials;
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

/** The Authorization header that the SDK gives the request; its query is a record of the decoded parameters. */
export async function sdkAuthorization(
  request: Pick<PathlessRequest, "method" | "headers">,
  path: string,
  query: Readonly<Record<string, string | string[]>>,
  body: string,
  { credentials, region, service, at }: SdkSigning,
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { host = "" } = request.headers;
  const message = { protocol: "https:", hostname: host, path, query: { ...query }, body, method: request.method };
  const signed = await signer.sign({ ...message, headers: { ...request.headers } }, { signingDate: at });
  return String(signed.headers.authorization);
}
