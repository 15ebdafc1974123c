// Who may connect: decided once, at the handshake, for the whole life of the connection (aws facts §1.2).
import type { IncomingMessage } from "node:http";
import { forbidden, type HttpAnswer } from "./http-answer.ts";
import type { IntegrationOutcome } from "./integration.ts";
import type { ConnectionFacts, HandshakeFacts, Identity, RequestFacts } from "./lambda-event.ts";

export interface Applicant {
  readonly request: IncomingMessage;
  readonly connection: ConnectionFacts;
  readonly requestFacts: RequestFacts;
  readonly handshake: HandshakeFacts;
}

/** A step on the way, for the access log. */
export interface Phase {
  readonly status: number;
  readonly latencyMs: number;
  readonly error?: string;
}

export interface Phases {
  /** Of AWS_IAM: is the signature right? */
  readonly authenticate?: Phase;
  /** Is it allowed? */
  readonly authorize?: Phase;
  /** Of a Lambda authorizer. */
  readonly authorizer?: Phase & { readonly call?: IntegrationOutcome };
}

export interface Refusal {
  readonly answer: HttpAnswer;
  /** `$context.error.responseType`: the gateway responses of REST APIs. */
  readonly responseType: string;
}

export interface Authorization {
  /** undefined: the handshake goes on. */
  readonly refusal?: Refusal;
  readonly phases: Phases;
  /** What is known of the caller now. */
  readonly identity?: Partial<Identity>;
  readonly authorizer?: Readonly<Record<string, string>>;
  /** The API key the authorizer has found for the caller. */
  readonly usageIdentifierKey?: string;
}

export type Authorize = (applicant: Applicant) => Promise<Authorization>;

export const unauthorized: Refusal = {
  answer: { status: 401, message: "Unauthorized", errorType: "UnauthorizedException" },
  responseType: "UNAUTHORIZED",
};

export function accessDenied(message: string): Refusal {
  return { answer: { ...forbidden, message }, responseType: "ACCESS_DENIED" };
}
