import { readFanningConfig } from "../runtime/config.ts";
import { onFanout } from "../runtime/on-fanout.ts";
import { openPumpPorts } from "../runtime/pump-ports.ts";

const config = readFanningConfig(process.env);

export const handler = onFanout(openPumpPorts(config), config);
