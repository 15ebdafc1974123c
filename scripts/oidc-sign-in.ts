// Where people sign in at the issuer on this machine: authorization code with PKCE (OpenID Connect Core §3.1, RFC 7636). Instead of a password
// there is a choice of people; `login_hint` chooses at once.
import type { RequestHandler, Response } from "express";
import type { Grants } from "./oidc-grants.ts";
import { html, issuerPage } from "./oidc-page.ts";

export interface SignInOptions {
  readonly clientId: string;
  /** By user id. */
  readonly people: Readonly<Record<string, { readonly name: string; readonly rooms: readonly string[] }>>;
  readonly grants: Grants;
}

type Query = Readonly<Record<string, string | undefined>>;

export function signInEndpoint(options: SignInOptions): RequestHandler {
  return (request, response) => {
    const query = onlyTexts(request.query);
    const { client_id: clientId, redirect_uri: redirectUri = "" } = query;
    // until both are known to be right nobody is sent anywhere: whoever wrote the link would choose where
    if (clientId !== options.clientId) return wrong(response, `"client_id" must be "${options.clientId}"`);
    if (!isOnThisMachine(redirectUri)) return wrong(response, '"redirect_uri" must be a page on this machine');
    const back = (answer: Record<string, string>) => {
      const target = new URL(redirectUri);
      const state = query.state === undefined ? {} : { state: query.state };
      for (const [key, value] of Object.entries({ ...answer, ...state })) target.searchParams.set(key, value);
      response.redirect(302, target.href);
    };
    const fault = repeatedIn(request.query) ?? faultOf(query);
    if (fault) return back({ error: "invalid_request", error_description: fault });
    if (query.prompt === "none") return back({ error: "login_required" });
    const user = query.login_hint;
    if (user === undefined || !Object.hasOwn(options.people, user)) {
      response.type("html").send(choice(options, query));
      return;
    }
    const { scope = "openid", nonce, code_challenge: challenge = "" } = query;
    back({ code: options.grants.code({ user, clientId, scope, nonce }, { redirectUri, challenge }) });
  };
}

/** Nobody is signed in here for longer than a click: it is enough to go back. */
export const signOutEndpoint: RequestHandler = (request, response) => {
  const { post_logout_redirect_uri: target = "" } = onlyTexts(request.query);
  if (isOnThisMachine(target)) response.redirect(302, target);
  else wrong(response, '"post_logout_redirect_uri" must be a page on this machine');
};

function onlyTexts(query: object): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => typeof value === "string"));
}

/** RFC 6749 §3.1: no parameter more than once. */
function repeatedIn(query: object): string | undefined {
  const [repeated] = Object.entries(query).find(([, value]) => typeof value !== "string") ?? [];
  return repeated === undefined ? undefined : `"${repeated}" is there more than once`;
}

function isOnThisMachine(uri: string): boolean {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  return url?.protocol === "http:" && /^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
}

function faultOf({ response_type, scope = "", code_challenge, code_challenge_method }: Query): string | undefined {
  if (response_type !== "code") return '"response_type" must be "code"';
  if (!scope.split(" ").includes("openid")) return '"scope" must have "openid" in it';
  if (!/^[\w-]{43}$/.test(code_challenge ?? "")) return '"code_challenge" must be the hash of a verifier';
  if (code_challenge_method !== "S256") return '"code_challenge_method" must be "S256"';
  return undefined;
}

function wrong(response: Response, what: string): void {
  response
    .status(400)
    .type("html")
    .send(issuerPage("This link is wrong", `<p>${html(what)}.</p>`));
}

function choice({ people }: SignInOptions, asked: Query): string {
  const links = Object.entries(people).map(([id, { name, rooms }]) => {
    // in the place of a hint that named nobody here
    const href = `/authorize?${new URLSearchParams({ ...asked, login_hint: id } as Record<string, string>)}`;
    const about = rooms.length === 0 ? "member of no room" : `member of ${rooms.join(", ")}`;
    return `<li><a href="${html(href)}"><b>${html(name)}</b><span>${html(about)}</span></a></li>`;
  });
  return issuerPage(
    "Who are you?",
    `<p>The issuer on this machine knows these people, and asks for no password.</p><ul>${links.join("")}</ul>`,
  );
}
