import { readFanningConfig } from "../runtime/config.ts";
import { onDisconnect } from "../runtime/on-disconnect.ts";
import { countPosts } from "../runtime/post-counts.ts";
import { openDeliverPorts } from "../runtime/pump-ports.ts";

const config = readFanningConfig(process.env);
const { ports, telling } = countPosts(openDeliverPorts(config), config);

export const handler = telling(onDisconnect(ports));
