// What the issuer on this machine has promised: codes that are good once and for a minute, and refresh tokens that are good once.
import { createHash, randomBytes } from "node:crypto";

export interface SignIn {
  readonly user: string;
  readonly clientId: string;
  readonly scope: string;
  readonly nonce?: string | undefined;
}

interface Code {
  readonly signIn: SignIn;
  readonly redirectUri: string;
  /** Of PKCE (RFC 7636): the hash of what only who asked for the code knows. */
  readonly challenge: string;
  readonly until: number;
}

const CODE_MS = 60_000;

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, SignIn>();

  code(signIn: SignIn, { redirectUri, challenge }: Pick<Code, "redirectUri" | "challenge">): string {
    const code = secret();
    this.#codes.set(code, { signIn, redirectUri, challenge, until: Date.now() + CODE_MS });
    return code;
  }

  /** Undefined when any of it is wrong; the code is used up either way. */
  redeem(code: string, told: { redirectUri: string; verifier: string; clientId: string }): SignIn | undefined {
    const known = this.#codes.get(code);
    this.#codes.delete(code);
    if (known === undefined || known.until < Date.now() || known.redirectUri !== told.redirectUri) return undefined;
    if (known.signIn.clientId !== told.clientId) return undefined;
    const challenge = createHash("sha256").update(told.verifier).digest("base64url");
    return challenge === known.challenge ? known.signIn : undefined;
  }

  refreshToken(signIn: SignIn): string {
    const token = secret();
    this.#refreshTokens.set(token, signIn);
    return token;
  }

  /** The token is used up: there is a new one with each answer. */
  refresh(token: string, clientId: string): SignIn | undefined {
    const signIn = this.#refreshTokens.get(token);
    if (signIn?.clientId !== clientId) return undefined;
    this.#refreshTokens.delete(token);
    return signIn;
  }
}

function secret(): string {
  return randomBytes(24).toString("base64url");
}
