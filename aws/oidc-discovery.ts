// Where an issuer has its keys, as it says itself (OpenID Connect Discovery 1.0 §4). What it says is asked for once an hour.
import { NonRetryableFetchError } from "aws-jwt-verify/error";
import type { Clock } from "#chat/ports.ts";

const MOST_AGE_MS = 60 * 60 * 1000;

export interface DiscoveryPorts {
  readonly issuer: string;
  readonly clock: Clock;
  get(uri: string): Promise<ArrayBuffer>;
}

export function discoveryDocument(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

export class Discovery {
  readonly #ports: DiscoveryPorts;
  #known: { readonly uri: string; readonly at: number } | undefined;

  constructor(ports: DiscoveryPorts) {
    this.#ports = ports;
  }

  async jwksUri(): Promise<string> {
    const now = this.#ports.clock.now();
    const known = this.#known;
    if (known && now - known.at <= MOST_AGE_MS) return known.uri;
    try {
      this.#known = { uri: await this.#ask(), at: now };
      return this.#known.uri;
    } catch (error) {
      // an issuer that does not answer for a moment has not moved its keys
      if (known) return known.uri;
      throw error;
    }
  }

  async #ask(): Promise<string> {
    const { issuer, get } = this.#ports;
    const document = discoveryDocument(issuer);
    const wrong = (what: string) => new NonRetryableFetchError(document, what);
    const said = parsed(await get(document));
    if (said === undefined) throw wrong("it is no JSON object");
    // or whoever can answer there could have their own keys believed
    if (said.issuer !== issuer) throw wrong(`its "issuer" is ${shown(said.issuer)}, not ${shown(issuer)}`);
    if (typeof said.jwks_uri !== "string") throw wrong('it says no "jwks_uri"');
    return said.jwks_uri;
  }
}

function parsed(bytes: ArrayBuffer): { readonly issuer?: unknown; readonly jwks_uri?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 300);
}
