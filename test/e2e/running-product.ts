// `npm start`'s own entry point in a process of its own, on free ports, as a newcomer's shell would run it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { root } from "#scripts/root.ts";

export interface RunningProduct {
  readonly webSocketUrl: string;
  readonly pageUrl: string;
  /** Everything it has printed so far, line by line. */
  readonly lines: readonly string[];
  /** Ctrl-C; answers with the exit code. */
  stop(): Promise<number | null>;
  /** As a power cut does it. */
  kill(): Promise<void>;
}

export async function startProduct(args: readonly string[] = []): Promise<RunningProduct> {
  const lines: string[] = [];
  const child = run(["scripts/start.ts", "--port", "0", "--web-port", "0", ...args]);
  const seen = (pattern: RegExp) => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean);
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        lines.push(line);
        if (line.startsWith("ready ")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`ended with ${code}:\n${lines.join("\n")}`)));
  });
  const webSocketUrl = seen(/^ready (ws:\S+)$/);
  const pageUrl = seen(/^page\s+(http:\S+)$/);
  if (!webSocketUrl || !pageUrl) throw new Error(`no URLs in:\n${lines.join("\n")}`);
  return { webSocketUrl, pageUrl, lines, stop: () => stop(child), kill: () => kill(child) };
}

/** Runs one of our TypeScript entry points with this Node. */
export function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...environment },
  });
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  const [code] = await ended;
  return code as number | null;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
