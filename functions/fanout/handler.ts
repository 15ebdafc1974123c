import { readFanningConfig } from "../runtime/config.ts";
import { onFanout } from "../runtime/on-fanout.ts";
import { openPumpPorts } from "../runtime/pump-ports.ts";
import { keepHeapSmall } from "../runtime/small-heap.ts";

keepHeapSmall();

const config = readFanningConfig(process.env);

export const handler = onFanout(openPumpPorts(config), config);
