// A server in a process of its own, and what it costs. CPU and memory come from /proc, so elsewhere than on Linux they are left out.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { root } from "#scripts/root.ts";

export interface MeasuredProcess {
  /** Of its line `ready ws://…`. */
  readonly url: string;
  /** From the spawn on, on the clock of performance.now(). */
  readonly startedAt: number;
  cpuMs(): number | undefined;
  /** Of its main thread alone. */
  mainThreadCpuMs(): number | undefined;
  residentMiB(): number | undefined;
  stop(): Promise<void>;
}

export async function startProcess(args: readonly string[]): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const url = await readyUrl(child);
  return {
    url,
    startedAt,
    cpuMs: () => cpuMs(`${child.pid}`),
    mainThreadCpuMs: () => cpuMs(`${child.pid}/task/${child.pid}`),
    residentMiB: () => residentMiB(child.pid),
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGINT");
      await ended;
    },
  };
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it was ready`)));
    if (!child.stdout) return;
    createInterface(child.stdout).on("line", (line) => {
      const url = /^ready (ws:\S+)/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

/** Linux counts in hundredths of a second. */
const MS_PER_TICK = 10;

function cpuMs(task: string): number | undefined {
  const fields = procFile(`${task}/stat`)
    ?.replace(/^.*\) /, "")
    .split(" ");
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function residentMiB(pid: number | undefined): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(procFile(`${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function procFile(name: string): string | undefined {
  try {
    return readFileSync(`/proc/${name}`, "utf8");
  } catch {
    return undefined;
  }
}
