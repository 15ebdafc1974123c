// The two servers that are measured, each in a process of its own: the local gateway as `npm run local` starts it, and `ws` alone.
import { type MeasuredProcess, startProcess } from "../measured-process.ts";

export const startBare = (): Promise<MeasuredProcess> =>
  startProcess(["--import", "tsx", "bench/gateway/bare-server.ts"]);

/** Without the account's quotas: 10,000 requests and 500 new connections a second are below what is measured. */
export const startGateway = (terraform: string, ...options: string[]): Promise<MeasuredProcess> =>
  startProcess([
    ...["scripts/run-local.mjs", "--quiet", "--no-account-limits", "--port", "0", "--terraform", terraform],
    ...options,
  ]);
