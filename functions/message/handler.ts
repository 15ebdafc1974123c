import { readFanningConfig } from "../runtime/config.ts";
import { onMessage } from "../runtime/on-message.ts";
import { openPorts } from "../runtime/ports.ts";
import { countPosts } from "../runtime/post-counts.ts";

const config = readFanningConfig(process.env);
const { ports, telling } = countPosts(openPorts(config), config);

export const handler = telling(onMessage(ports, config));
