import { readConfig } from "../runtime/config.ts";
import { onDisconnect } from "../runtime/on-disconnect.ts";
import { openDeliverPorts } from "../runtime/pump-ports.ts";

export const handler = onDisconnect(openDeliverPorts(readConfig(process.env)));
