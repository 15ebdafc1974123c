// The two servers that are measured, each in a process of its own: the local gateway as `npm run local` starts it, and `ws` alone.
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "#scripts/root.ts";
import { type MeasuredProcess, startProcess } from "../measured-process.ts";

const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const [, ...LOCAL]: string[] = scripts.local.split(" ");
/** 10,000 requests and 500 new connections a second are below what is measured. */
const OPTIONS = ["--quiet", "--no-account-limits", "--port", "0"];

export const startBare = (): Promise<MeasuredProcess> => startProcess(["bench/gateway/bare-server.mjs"]);

export const startGateway = (terraform: string, ...options: string[]): Promise<MeasuredProcess> =>
  startProcess([...LOCAL, ...OPTIONS, "--terraform", terraform, ...options]);
