// One Lambda for every route, as the one-Lambda chat had it: the kind of event decides.
import { readFanningConfig } from "../runtime/config.ts";
import type { WebSocketEvent, WebSocketResult } from "../runtime/event.ts";
import { onConnect } from "../runtime/on-connect.ts";
import { onDisconnect } from "../runtime/on-disconnect.ts";
import { onMessage } from "../runtime/on-message.ts";
import { openPorts } from "../runtime/ports.ts";
import { countPosts } from "../runtime/post-counts.ts";

const config = readFanningConfig(process.env);
const { ports, telling } = countPosts(openPorts(config), config);
const handlers = {
  CONNECT: onConnect(ports, config),
  MESSAGE: telling(onMessage(ports, config)),
  DISCONNECT: telling(onDisconnect(ports)),
};

export const handler = (event: WebSocketEvent): Promise<WebSocketResult> =>
  handlers[event.requestContext.eventType](event);
