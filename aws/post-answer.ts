// What an answer of `@connections` says (aws facts §7.4). By status: the error-type header is not always there.
import type { HttpAnswer } from "./http/http-answer.ts";

export type PostAnswer =
  | { readonly kind: "sent" }
  /** There is no such connection – or not yet. */
  | { readonly kind: "gone" }
  /** Too many posts, or a client that does not read. Later it may go. */
  | { readonly kind: "throttled"; readonly cause: Error }
  /** No answer, or a server's fault. Later it may go. */
  | { readonly kind: "unavailable"; readonly cause: Error }
  /** This frame to this connection will never go. */
  | { readonly kind: "rejected"; readonly cause: Error }
  /** Nothing will go: permission, credentials or endpoint are wrong. */
  | { readonly kind: "refused"; readonly cause: Error };

export function postAnswer(answer: HttpAnswer, endpoint: string): PostAnswer {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: "sent" };
  if (status === 410) return { kind: "gone" };
  const cause = new Error(`@connections answered ${described(answer)}`);
  if (status === 429) return { kind: "throttled", cause };
  if (status >= 500 || status === 408) return { kind: "unavailable", cause };
  if (status === 401 || status === 403)
    return { kind: "refused", cause: new Error(`${cause.message} (${advice(endpoint)})`) };
  return { kind: "rejected", cause };
}

/** `ExpiredTokenException` and the like, without the `:http://…` that may follow it. */
export function errorType({ headers }: HttpAnswer): string {
  return headers.get("x-amzn-errortype")?.split(":")[0] ?? "";
}

function advice(endpoint: string): string {
  return `the function's role needs execute-api:ManageConnections on POST/@connections/*, and ${endpoint} has to be the stage's URL`;
}

function described(answer: HttpAnswer): string {
  const message = messageIn(answer.body);
  return [String(answer.status), errorType(answer)].filter(Boolean).join(" ") + (message && `: ${message}`);
}

/** Some services write `message`, some `Message`, and a proxy in between neither. */
function messageIn(body: string): string {
  try {
    const { message, Message } = JSON.parse(body);
    return String(message ?? Message ?? "");
  } catch {
    return body.slice(0, 200);
  }
}
