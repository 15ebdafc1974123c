// `/<stage>` is a client's address, `/<stage>/@connections/<id>` the management API's.

export interface RequestPath {
  readonly stage: string;
  /** Present for the management API: the connection's id, decoded; empty when it is missing. */
  readonly connectionId?: string;
}

/** undefined: nothing of this gateway has such a path. Double slashes come from endpoints that end in one (aws facts §7.1). */
export function parseRequestPath(url: string): RequestPath | undefined {
  // A client that speaks to a proxy names the whole address (RFC 9112 §3.2.2).
  const [path = ""] = url.replace(/^(?:https?|wss?):\/\/[^/?]*/i, "").split("?", 1);
  const parts = path
    .split("/")
    .filter((part) => part !== "")
    .map(decode);
  const [stage, marker, connectionId = "", ...more] = parts;
  if (stage === undefined || more.length > 0) return undefined;
  if (marker === undefined) return { stage };
  return marker === "@connections" ? { stage, connectionId } : undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
