import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import http from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** The reason why tests with a simulated AWS are skipped, if there is one. */
export function missingMoto(): string | undefined {
  const { status } = spawnSync("python3", ["-c", "import moto.server"]);
  return status === 0 ? undefined : "python3 has no moto[server]";
}

export interface Moto {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child = spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    stdio: "ignore",
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true", MOTO_ACM_VALIDATION_WAIT: "0" },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await untilItAnswers(child, port);
  const stop = (): Promise<void> => {
    child.kill();
    return ended;
  };
  return { port, stop };
}

async function untilItAnswers(child: ChildProcess, port: number): Promise<void> {
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`moto ended at once, with ${child.exitCode}`);
    await setTimeout(50);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: "/moto-api/" }, (response) => {
      response.resume();
      resolve(true);
    });
    request.on("error", () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
