// What is the same for every recipient of a frame: its bytes, their hash and, within a second, all of the request but the path and the
// signature.
import type { RequestHead } from "./http/http-connection.ts";
import { type Credentials, type SignedRequests, sha256, signRequests } from "./sigv4/sign-requests.ts";
import type { SigningKeys } from "./sigv4/signing-key.ts";

/** Where the posts go, and as which service they are signed. */
export interface PostTarget {
  readonly host: string;
  readonly region: string;
  readonly keys: SigningKeys;
}

const SECOND_MS = 1000;

interface Signed {
  readonly second: number;
  readonly target: PostTarget;
  readonly credentials: Credentials;
  readonly requests: SignedRequests;
  /** Of the head, what stands between the path and the signature. */
  readonly afterPath: Buffer;
}

export class PostFrame {
  readonly body: Buffer;
  readonly #bodyHash: string;
  #signed: Signed | undefined;

  constructor(text: string) {
    this.body = Buffer.from(text);
    this.#bodyHash = sha256(this.body);
  }

  /** The head of the signed POST to `path`. */
  head(path: string, target: PostTarget, credentials: Credentials, at: number): RequestHead {
    const second = Math.floor(at / SECOND_MS);
    let signed = this.#signed;
    if (signed?.second !== second || signed.credentials !== credentials || signed.target !== target) {
      signed = this.#sign(target, credentials, second);
      this.#signed = signed;
    }
    return [`POST ${path}`, signed.afterPath, `${signed.requests.authorization(path)}\r\n\r\n`];
  }

  #sign(target: PostTarget, credentials: Credentials, second: number): Signed {
    const { host, region, keys } = target;
    const headers = {
      "content-length": String(this.body.length),
      "content-type": "application/octet-stream",
      host,
      "x-amz-content-sha256": this.#bodyHash,
    };
    const signing = { credentials, region, service: "execute-api", at: second * SECOND_MS, keys };
    const requests = signRequests({ method: "POST", headers, bodyHash: this.#bodyHash }, signing);
    const lines = Object.entries(requests.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const afterPath = Buffer.from(` HTTP/1.1\r\n${lines.join("")}authorization: `, "latin1");
    return { second, target, credentials, requests, afterPath };
  }
}
