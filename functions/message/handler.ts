import { readFanningConfig } from "../runtime/config.ts";
import { onMessage } from "../runtime/on-message.ts";
import { openPorts } from "../runtime/ports.ts";

const config = readFanningConfig(process.env);

export const handler = onMessage(openPorts(config), config);
