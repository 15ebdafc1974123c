// One question to the issuer's token endpoint (RFC 6749 §4.1.3, §6), and what of its answer counts.

export interface TokenAnswer {
  readonly idToken?: string;
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly expiresInSeconds: number;
}

/** The issuer will give nothing for this: only a person can go on. */
export class Refused extends Error {}

/** Where an issuer says no lifetime. */
const USUAL_SECONDS = 300;

export async function askForTokens(endpoint: string, form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  const response = await fetch(endpoint, { method: "POST", body: new URLSearchParams(form) });
  const said = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
  // RFC 6749 §5.2: 400 or 401 with a code; anything else may pass
  if (response.status === 400 || response.status === 401)
    throw new Refused(`The issuer refused it: ${String(said.error)}.`);
  if (!response.ok) throw new Error(`The issuer answered with HTTP ${response.status}.`);
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const [idToken, accessToken, refreshToken] = [text(said.id_token), text(said.access_token), text(said.refresh_token)];
  return {
    ...(idToken !== undefined && { idToken }),
    ...(accessToken !== undefined && { accessToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    expiresInSeconds: Number(said.expires_in) || USUAL_SECONDS,
  };
}
