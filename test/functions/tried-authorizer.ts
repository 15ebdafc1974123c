// The authorizer with a real issuer over HTTP, as a test tries it: what it answers, what it logs – and that no token it was shown is in that.
import { expect } from "chai";
import { type JwtSettings, jwtTokens } from "#aws/jwt-tokens.ts";
import type { AuthorizerEvent } from "#functions/runtime/event.ts";
import { type AuthorizerResult, onAuthorize } from "#functions/runtime/on-authorize.ts";
import { type OidcIssuer, startOidcIssuer } from "#scripts/oidc-issuer.ts";

export const ARN = "arn:aws:execute-api:us-east-1:000000000000:abcdefghij/dev/$connect";
export const AUDIENCE = "chat";
export const HOUR = 3_600;
export const now = () => Math.floor(Date.now() / 1000);

export interface Trial {
  readonly origins?: readonly string[];
  readonly clock?: { now(): number };
}

export class TriedAuthorizer {
  readonly issuer: OidcIssuer;
  readonly logged: { event: string; fields: Record<string, unknown> }[] = [];
  readonly #shown: string[] = [];

  static async start(): Promise<TriedAuthorizer> {
    const people = { ann: { name: "Ann", rooms: ["team-red"] } };
    return new TriedAuthorizer(await startOidcIssuer({ audience: AUDIENCE, people }));
  }

  private constructor(issuer: OidcIssuer) {
    this.issuer = issuer;
  }

  /** To be called after each test. */
  expectNoTokenLogged(): void {
    const written = JSON.stringify(this.logged.splice(0));
    for (const token of this.#shown.splice(0)) {
      for (const part of token.split(".").filter(({ length }) => length > 10)) expect(written).not.to.include(part);
    }
  }

  authorizer(change: Partial<JwtSettings> = {}, { origins = [], clock = { now: Date.now } }: Trial = {}) {
    const settings: JwtSettings = {
      issuer: this.issuer.url,
      audience: AUDIENCE,
      tokenUse: "id",
      scopes: [],
      clockSkewSeconds: 30,
      userIdClaim: "sub",
      nameClaim: "name",
      roomsClaim: "rooms",
      roomsPrefix: "",
      ...change,
    };
    const note = (event: string, fields: object) => this.logged.push({ event, fields: { ...fields } });
    return onAuthorize(jwtTokens(settings, clock), { origins, log: { info: note, warn: note, error: note } });
  }

  withProtocols(...protocols: string[]): AuthorizerEvent {
    return this.withHeaders({ "Sec-WebSocket-Protocol": protocols.join(", ") });
  }

  withToken(token: string): AuthorizerEvent {
    return this.withProtocols("bearer", token);
  }

  withHeaders(headers: Record<string, string>): AuthorizerEvent {
    this.#shown.push(...Object.values(headers).flatMap((value) => value.split(/[\s,]+/)));
    return handshake({ headers });
  }

  /** Why the handshake was refused, as the log has it. */
  async refusal(event: AuthorizerEvent, ask = this.authorizer()): Promise<unknown> {
    const result = await ask(event);
    expect(effectOf(result)).to.equal("Deny");
    expect(result).not.to.have.property("context");
    return this.logged.at(-1)?.fields.reason;
  }

  /** What it throws where it can say neither yes nor no, with its cause in the log. */
  async failure(event: AuthorizerEvent, ask = this.authorizer()): Promise<string> {
    const error = await ask(event).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.message).to.equal("The token could not be checked.");
    expect(this.logged.at(-1)?.event).to.equal("handshake failed");
    return JSON.stringify(this.logged.at(-1)?.fields);
  }
}

export function handshake(event: Partial<AuthorizerEvent>): AuthorizerEvent {
  return { methodArn: ARN, requestContext: { connectionId: "c1" }, ...event };
}

export function effectOf({ policyDocument }: AuthorizerResult): string | undefined {
  return (policyDocument as { Statement: { Effect: string }[] }).Statement[0]?.Effect;
}
