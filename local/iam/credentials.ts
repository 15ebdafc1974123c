// Who signs a request: every function gets keys of its own, and a SigV4 signature names the key it was made with.
import { randomBytes, randomInt } from "node:crypto";
import type { Role } from "#local/stack.ts";

export interface Caller {
  readonly role: Role;
  readonly functionName: string;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Where a request says who signed it. */
export interface SignedRequest {
  /** `AWS4-HMAC-SHA256 Credential=<key>/<date>/<region>/<service>/aws4_request, ...` */
  readonly authorization?: string | undefined;
  /** The URL, for a presigned request: `?X-Amz-Credential=<key>%2F<date>...`. */
  readonly url?: string | undefined;
}

const keyCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface IssuedKey {
  readonly caller: Caller;
  readonly key: AccessKey;
}

/**
 * The keys handed out. A request signed with another key is a developer's own (their CLI, a test): it has no role here and
 * may do everything; its signature cannot be verified. That of a key issued here is, by `verify-signature.ts`.
 */
export class Credentials {
  /** false: nobody is known, so nobody is refused anything. */
  readonly enforced: boolean;
  readonly #issued = new Map<string, IssuedKey>();

  constructor({ enforced = true }: { readonly enforced?: boolean } = {}) {
    this.enforced = enforced;
  }

  issue(caller: Caller): AccessKey {
    const key = {
      accessKeyId: `ASIA${Array.from({ length: 16 }, () => keyCharacters[randomInt(keyCharacters.length)]).join("")}`,
      secretAccessKey: randomBytes(30).toString("base64"),
      sessionToken: randomBytes(96).toString("base64"),
    };
    if (this.enforced) this.#issued.set(key.accessKeyId, { caller, key });
    return key;
  }

  find(accessKeyId: string): IssuedKey | undefined {
    return this.#issued.get(accessKeyId);
  }

  /** The function that signed the request; undefined for keys that were not issued here. */
  callerOf(request: SignedRequest | string | undefined): Caller | undefined {
    const signed = typeof request === "string" ? { authorization: request } : request;
    const accessKeyId = keyInHeader(signed?.authorization) ?? keyInQuery(signed?.url);
    return accessKeyId === undefined ? undefined : this.#issued.get(accessKeyId)?.caller;
  }
}

function keyInHeader(authorization: string | undefined): string | undefined {
  return authorization?.match(/^AWS4-HMAC-SHA256\s+(?:.*,\s*)?Credential=([^/,\s]+)\//)?.[1];
}

function keyInQuery(url: string | undefined): string | undefined {
  const query = url?.split("?", 2)[1];
  return new URLSearchParams(query).get("X-Amz-Credential")?.split("/")[0];
}
