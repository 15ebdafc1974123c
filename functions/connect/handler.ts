import { readConfig } from "../runtime/config.ts";
import { onConnect } from "../runtime/on-connect.ts";
import { openDirectory } from "../runtime/ports.ts";

const config = readConfig(process.env);

export const handler = onConnect(openDirectory(config), config);
