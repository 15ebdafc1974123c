import { openConnection } from "#chat/open-connection.ts";
import type { Auth } from "./auth-config.ts";
import type { Directory } from "./directory.ts";
import type { WebSocketEvent, WebSocketResult } from "./event.ts";
import { identityIn } from "./identity-context.ts";
import { consoleLog, described, type Log } from "./log.ts";
import { chosenProtocol } from "./offered-token.ts";
import { refusalFrom } from "./refusal.ts";

export interface ConnectSettings {
  /** The status that refuses a client that names no user; undefined: such a client is its connection. */
  readonly userIdMissingStatus?: number | undefined;
  readonly auth: Pick<Auth, "mode">;
  readonly log?: Log;
}

/** The status decides the handshake: 2xx opens the connection, anything else refuses it with just that status (aws facts §1.3). */
export function onConnect(directory: Directory, { userIdMissingStatus, auth, log = consoleLog }: ConnectSettings) {
  return async (event: WebSocketEvent): Promise<WebSocketResult> => {
    const { connectionId, connectedAt } = event.requestContext;
    const query = event.queryStringParameters ?? {};
    const tokens = auth.mode === "jwt";
    const identity = tokens ? identityIn(event.requestContext.authorizer) : undefined;
    if (tokens && !identity) {
      // not the client's fault: this route must not be reachable without the authorizer
      log.error("connect failed", { connectionId, cause: "no identity from the authorizer" });
      return { statusCode: 500 };
    }
    if (!tokens && !query.userId && userIdMissingStatus !== undefined) {
      log.warn("connect refused", { connectionId, reason: "no userId in the query" });
      return { statusCode: userIdMissingStatus };
    }
    try {
      const who = identity ? { identity } : { userId: query.userId };
      const opened = await openConnection(directory, { connectionId, connectedAt, dialect: query.dialect, ...who });
      if (opened === "banned") {
        log.warn("connect refused", { connectionId, reason: "the user is banned" });
        return { statusCode: 403 };
      }
      log.info("connected", { connectionId });
      const protocol = chosenProtocol(event);
      return { statusCode: 200, ...(protocol && { headers: { "Sec-WebSocket-Protocol": protocol } }) };
    } catch (thrown) {
      const refusal = refusalFrom(thrown);
      const ours = refusal.code === "internal" || refusal.code === "unavailable";
      if (ours) log.error("connect failed", { connectionId, cause: described(refusal.cause) });
      else log.warn("connect refused", { connectionId, code: refusal.code, reason: refusal.message });
      return { statusCode: ours ? (refusal.code === "unavailable" ? 503 : 500) : 400 };
    }
  };
}
