import { readConfig } from "../runtime/config.ts";
import { onConnect } from "../runtime/on-connect.ts";
import { openDirectory } from "../runtime/ports.ts";

export const handler = onConnect(openDirectory(readConfig(process.env)));
