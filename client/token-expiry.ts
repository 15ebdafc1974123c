// How long a token is still good by its own claims: asked only where the server does not say. `exp` is in the issuer's time, and this
// machine's clock may be wrong; `iat` shows the one mistake that can be seen, a clock that is behind.

/** Undefined: it is no JWT, says no end, or is over by this clock – which is wrong then, as the server has just taken it. */
export function secondsLeft(token: string, nowMs: number): number | undefined {
  const { exp, iat } = claimsOf(token);
  if (typeof exp !== "number") return undefined;
  const left = exp - nowMs / 1000;
  const most = typeof iat === "number" ? exp - iat : left;
  return left > 0 ? Math.min(left, most) : undefined;
}

function claimsOf(token: string): { readonly exp?: unknown; readonly iat?: unknown } {
  try {
    const claims = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const value: unknown = JSON.parse(atob(claims));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
