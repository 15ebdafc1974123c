// What went wrong or goes on, in words for someone who does not know the protocol.
import type { ConnectionState } from "#client/connection.ts";
import type { ConversationGap } from "#client/conversations.ts";
import type { FailureCode, RequestError } from "#client/request-error.ts";

const FAILURES: Readonly<Record<FailureCode, string | undefined>> = {
  invalid_json: undefined,
  invalid_request: undefined,
  unknown_action: "The chat server does not know what this page asked for. Perhaps it runs another version.",
  message_too_large: "This message is too long. Please send it in parts.",
  not_a_member: "You are not in this room any more. Join it again.",
  not_allowed: "You may not do this here.",
  unauthenticated: "You are not signed in any more. Sign in again.",
  not_yours: "Only who wrote a message may change it.",
  not_found: undefined,
  too_many_rooms: "You are in as many rooms as you may be. Leave one first.",
  rate_limited: "That was too much at once. Please wait a moment.",
  not_connected: "The connection was lost.",
  unavailable: "The chat server is busy. Please try again in a moment.",
  internal: "Something went wrong on the chat server. Please try again.",
  timeout: "The chat server did not answer in time.",
  closed: "There is no connection.",
  unreadable: "This page does not understand the chat server. Perhaps it runs another version.",
};

/** The server's own sentence where it names the place of the mistake; ours where its words are meant for programmers. */
export function failureInWords(error: RequestError): string {
  // who is signed in still is, for a while
  if (error.code === "unauthenticated" && error.retryable) return "Your sign-in could not be renewed yet.";
  return FAILURES[error.code] ?? error.message;
}

export function gapInWords(gap: ConversationGap): string {
  if (gap.kind === "restarted") return "This conversation has begun anew: what was said before is gone";
  const count = gap.to - gap.from + 1;
  return count === 1 ? "One message here is no longer available" : `${count} messages here are no longer available`;
}

export interface StatusWords {
  readonly state: "open" | "connecting" | "waiting" | "closed";
  readonly text: string;
  readonly detail: string;
  /** What stands below it until there is a connection; empty for nothing. */
  readonly notice: string;
}

export interface Attempts {
  /** How many handshakes in a row have failed. */
  readonly failed: number;
  /** What the browser says of the device. */
  readonly isOnline: boolean;
}

/** After so many it is no hiccup. */
const MANY = 3;
const OFFLINE = "This device is offline. The chat goes on when it is back.";
/** A browser tells a page nothing of why a handshake failed, so this is true either way. */
const AWAY_OR_REFUSED =
  "The chat server is away, or does not let you in: you may be signed out, banned, or not allowed from here. This page keeps trying.";

export function statusInWords(state: ConnectionState, attempts: Attempts): StatusWords {
  if (state.status === "open") return words("open", "Connected");
  if (state.status === "closed" && state.retryInMs === undefined) return words("closed", "Closed", state.why.words);
  if (attempts.failed > 0 && !attempts.isOnline) return words("waiting", "Offline", "", OFFLINE);
  if (attempts.failed >= MANY) return words("waiting", "Not connected", "", AWAY_OR_REFUSED);
  if (state.status === "connecting") return words("connecting", "Connecting…");
  return words("waiting", "Reconnecting…", state.why.words);
}

function words(state: StatusWords["state"], text: string, detail = "", notice = ""): StatusWords {
  return { state, text, detail, notice };
}

export function failedAfter(failed: number, state: ConnectionState): number {
  if (state.status === "connecting") return failed;
  return state.status === "closed" && state.retryInMs !== undefined && state.why.neverOpened ? failed + 1 : 0;
}
