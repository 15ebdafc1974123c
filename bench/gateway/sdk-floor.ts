// What the AWS SDK's PostToConnection costs by itself: the same function, in a process of its own that does nothing else, against a server
// that answers 200 to everything. One call at a time, as in a Lambda.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { root } from "#scripts/root.ts";
import type { EchoStack } from "./echo-stack.ts";

/** CPU, in milliseconds per call. */
export async function measureSdkFloor({ functionFile }: EchoStack): Promise<number> {
  const stub = start("connections-stub.ts", ["0"], {});
  try {
    const [port] = await once(stub, "message");
    const child = start("gateway/sdk-caller.mjs", [functionFile("sdk")], {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "x".repeat(128),
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `http://127.0.0.1:${port}/bench`,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
    const [cpuMs] = await once(child, "message");
    return cpuMs;
  } finally {
    stub.disconnect();
  }
}

function start(file: string, args: readonly string[], env: Record<string, string>): ChildProcess {
  // a loader would change the code that is measured
  const execArgv = file.endsWith(".ts") ? ["--import", "tsx"] : [];
  return fork(path.join(root, "bench", file), args, { execArgv, env: { ...process.env, ...env } });
}
