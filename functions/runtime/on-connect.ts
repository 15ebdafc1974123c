import { openConnection } from "#chat/open-connection.ts";
import type { WebSocketEvent, WebSocketResult } from "./event.ts";
import { consoleLog, described, type Log } from "./log.ts";
import type { Directory } from "./ports.ts";
import { refusalFrom } from "./refusal.ts";

export interface ConnectSettings {
  /** The status that refuses a client that names no user; undefined: such a client is its connection. */
  readonly userIdMissingStatus?: number | undefined;
  readonly log?: Log;
}

/** The status decides the handshake: 2xx opens the connection, anything else refuses it with just that status (aws facts §1.3). */
export function onConnect(directory: Directory, { userIdMissingStatus, log = consoleLog }: ConnectSettings = {}) {
  return async (event: WebSocketEvent): Promise<WebSocketResult> => {
    const { connectionId, connectedAt } = event.requestContext;
    const query = event.queryStringParameters ?? {};
    if (!query.userId && userIdMissingStatus !== undefined) {
      log.info("connect refused", { connectionId, reason: "no userId in the query" });
      return { statusCode: userIdMissingStatus };
    }
    try {
      await openConnection(directory, { connectionId, connectedAt, userId: query.userId, dialect: query.dialect });
      log.info("connected", { connectionId });
      return { statusCode: 200 };
    } catch (thrown) {
      const refusal = refusalFrom(thrown);
      const ours = refusal.code === "internal" || refusal.code === "unavailable";
      if (ours) log.error("connect failed", { connectionId, cause: described(refusal.cause) });
      else log.info("connect refused", { connectionId, code: refusal.code, reason: refusal.message });
      return { statusCode: ours ? (refusal.code === "unavailable" ? 503 : 500) : 400 };
    }
  };
}
