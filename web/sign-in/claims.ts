// What an ID token says of the person. It came over TLS from the issuer itself, so its signature need not be checked here (OpenID Connect
// Core §3.1.3.7); the API checks it.

export interface Claims {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly nonce?: unknown;
  readonly sub?: unknown;
  readonly name?: unknown;
}

export function claimsIn(token: string): Claims {
  try {
    const text = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const value: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0))));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
