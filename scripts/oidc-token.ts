// What the issuer on this machine gives for a code, a refresh token – or just for a name, to whoever tries things out in a terminal.
import type { Request, RequestHandler } from "express";
import type { Grants, SignIn } from "./oidc-grants.ts";

export interface TokenOptions {
  readonly people: Readonly<Record<string, unknown>>;
  readonly grants: Grants;
  /** How long tokens last, unless `expires_in` says otherwise. */
  readonly lifetimeSeconds: number;
  /** An ID token, or an access token with a scope. */
  issue(user: string, lifetimeSeconds: number, claims: Readonly<Record<string, unknown>>): string;
}

type Form = Readonly<Record<string, string | undefined>>;

class Refusal extends Error {
  readonly error: string;

  constructor(error: string, description: string) {
    super(description);
    this.error = error;
  }
}

const LONGEST_SECONDS = 12 * 60 * 60;

export function tokenEndpoint(options: TokenOptions): RequestHandler {
  return (request, response) => {
    try {
      response.json(answer(options, formOf(request)));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      response.status(400).json({ error: thrown.error, error_description: thrown.message });
    }
  };
}

/** A parameter that is there twice is a list (RFC 6749 §3.2: it must not be). */
function formOf(request: Request): Form {
  const form = Object.entries<string | string[]>(request.body ?? {});
  const [repeated] = form.find(([, value]) => typeof value !== "string") ?? [];
  if (repeated !== undefined) throw new Refusal("invalid_request", `"${repeated}" is there more than once`);
  return Object.fromEntries(form) as Form;
}

function answer(options: TokenOptions, form: Form): object {
  const { grants, people } = options;
  const { grant_type: grant, client_id: clientId = "", user } = form;
  switch (grant) {
    case "authorization_code": {
      const { code = "", redirect_uri: redirectUri = "", code_verifier: verifier = "" } = form;
      return tokensFor(options, grants.redeem(code, { redirectUri, verifier, clientId }), "code");
    }
    case "refresh_token":
      return tokensFor(options, grants.refresh(form.refresh_token ?? "", clientId), "refresh_token");
    case undefined: {
      if (user === undefined || !Object.hasOwn(people, user)) {
        throw new Refusal("invalid_grant", `"user" must be one of ${Object.keys(people).join(", ")}`);
      }
      const lifetime = lifetimeIn(form, options.lifetimeSeconds);
      return { id_token: options.issue(user, lifetime, {}), token_type: "Bearer", expires_in: lifetime };
    }
    default:
      throw new Refusal("unsupported_grant_type", '"grant_type" must be authorization_code, refresh_token or nothing');
  }
}

function tokensFor({ grants, issue, lifetimeSeconds }: TokenOptions, signIn: SignIn | undefined, what: string): object {
  if (signIn === undefined) throw new Refusal("invalid_grant", `the ${what} is unknown, used up, or another client's`);
  const { user, nonce, scope } = signIn;
  return {
    id_token: issue(user, lifetimeSeconds, nonce === undefined ? {} : { nonce }),
    access_token: issue(user, lifetimeSeconds, { scope }),
    refresh_token: grants.refreshToken(signIn),
    token_type: "Bearer",
    expires_in: lifetimeSeconds,
    scope,
  };
}

function lifetimeIn({ expires_in: asked }: Form, usual: number): number {
  if (asked === undefined) return usual;
  const lifetime = Number(asked);
  if (Number.isInteger(lifetime) && lifetime >= 1 && lifetime <= LONGEST_SECONDS) return lifetime;
  throw new Refusal("invalid_request", `"expires_in" must be a whole number of seconds from 1 to ${LONGEST_SECONDS}`);
}
