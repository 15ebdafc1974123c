// Proof Key for Code Exchange (RFC 7636): who comes with the code must know what only who asked for it knows.

/** 256 random bits. */
export function newSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

export async function challengeOf(verifier: string): Promise<string> {
  // browsers have it on https and on this machine only, and there is no other way to sign in
  if (crypto.subtle === undefined) throw new Error("Signing in needs https: open this page over https.");
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(hash));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
