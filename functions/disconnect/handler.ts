import { readConfig } from "../runtime/config.ts";
import { onDisconnect } from "../runtime/on-disconnect.ts";
import { openPorts } from "../runtime/ports.ts";

export const handler = onDisconnect(openPorts(readConfig(process.env)));
