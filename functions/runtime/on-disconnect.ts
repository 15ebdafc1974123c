import type { DeliverPorts } from "#chat/deliver.ts";
import { forgetConnection } from "#chat/forget-connection.ts";
import type { WebSocketEvent, WebSocketResult } from "./event.ts";
import { consoleLog, described, type Log } from "./log.ts";

/** Nobody reads the result, and the event is best effort (aws facts §4): what fails here is mended by time to live and by 410s. */
export function onDisconnect(ports: DeliverPorts, log: Log = consoleLog) {
  return async (event: WebSocketEvent): Promise<WebSocketResult> => {
    const { connectionId, disconnectStatusCode: code, disconnectReason: reason } = event.requestContext;
    try {
      await forgetConnection(ports, connectionId);
      log.info("disconnected", { connectionId, code, reason });
      return { statusCode: 200 };
    } catch (error) {
      log.error("disconnect failed", { connectionId, code, reason, cause: described(error) });
      return { statusCode: 500 };
    }
  };
}
