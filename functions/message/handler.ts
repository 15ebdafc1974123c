import { readConfig } from "../runtime/config.ts";
import { onMessage } from "../runtime/on-message.ts";
import { openPorts } from "../runtime/ports.ts";

const config = readConfig(process.env);

export const handler = onMessage(openPorts(config), config);
