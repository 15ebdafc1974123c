// What a request's host and path mean: `/<stage>` is a client's address, `/<stage>/@connections/<id>` the management API's. On
// a custom domain a mapping's key has the place of the stage, or nothing has (aws facts §1.9).
import type { CalledDomain } from "./custom-domains.ts";
import { forbidden, type HttpAnswer } from "./http-answer.ts";
import type { ServedStage } from "./served-stage.ts";

/** What of a request says where it is to go. */
export interface AddressedRequest {
  readonly headers: { readonly host?: string | undefined };
  readonly url?: string | undefined;
}

export interface StageTarget {
  readonly kind: "stage";
  /** Several when APIs have stages of the same name and the host does not say which is meant; none when there is no such stage. */
  readonly stages: readonly ServedStage[];
  readonly domain?: CalledDomain;
}

export interface ConnectionTarget extends Omit<StageTarget, "kind"> {
  readonly kind: "connection";
  /** Decoded; empty when it is missing. */
  readonly connectionId: string;
}

/** A custom domain leads to a stage, and the rest of the path to nothing there. */
export interface NowhereTarget {
  readonly kind: "nowhere";
  readonly rest: string;
}

export type RequestTarget = StageTarget | ConnectionTarget | NowhereTarget;

/** Decoded. Double slashes come from endpoints that end in one (aws facts §7.1). */
export function pathSegments(url: string): string[] {
  // A client that speaks to a proxy names the whole address (RFC 9112 §3.2.2).
  const [path = ""] = url.replace(/^(?:https?|wss?):\/\/[^/?]*/i, "").split("?", 1);
  return path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
}

/** undefined: the rest of a path, behind its stage, is nothing there. */
export function targetBehind(
  stage: Omit<StageTarget, "kind">,
  rest: readonly string[],
): StageTarget | ConnectionTarget | undefined {
  const [marker, connectionId = "", ...more] = rest;
  if (marker === undefined) return { kind: "stage", ...stage };
  return marker === "@connections" && more.length === 0 ? { kind: "connection", ...stage, connectionId } : undefined;
}

/** Of a request that is neither a handshake nor the management API's. */
export function answerWithoutUpgrade(method: string | undefined, target: RequestTarget | undefined): HttpAnswer {
  if (target?.kind === "nowhere") {
    const message = `No method found matching route ${target.rest} for http method ${method}.`;
    return { ...forbidden, message };
  }
  return target?.stages.length ? { status: 426, message: "Upgrade Required" } : forbidden;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
