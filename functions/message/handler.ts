import { readConfig } from "../runtime/config.ts";
import { onMessage } from "../runtime/on-message.ts";
import { openPorts } from "../runtime/ports.ts";

export const handler = onMessage(openPorts(readConfig(process.env)));
