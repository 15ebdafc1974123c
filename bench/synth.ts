// How long all stages take from stage files to checked Terraform, in one process, and the most memory it takes: as one file, and from the
// sources. The baseline is Node.js doing nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildSynth } from "#scripts/build-synth.mjs";
import { root } from "#scripts/root.ts";
import { figure, printTable } from "./print-table.ts";

const RUNS = 9;
/** Said on standard error at the end: CPU in microseconds, memory in kilobytes. */
const TELL_USAGE = `data:text/javascript,${encodeURIComponent(
  'process.on("exit", () => console.error(JSON.stringify(process.resourceUsage())))',
)}`;

interface Run {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

export async function benchSynth(): Promise<void> {
  await buildSynth(root);
  const outdir = mkdtempSync(path.join(tmpdir(), "bench-synth-"));
  try {
    const [nothing, ...programs] = [
      ["node -e ''", medians(["-e", ""])],
      ["npm run synth", medians(["scripts/run-synth.mjs", "--outdir", outdir])],
      ["its sources", medians(["--import", "tsx", "infra/main.ts", "--outdir", outdir])],
    ] as const;
    const rows = [nothing, ...programs].map(([name, { ms, cpuMs, peakMiB }]) => [
      name,
      figure(ms),
      figure(cpuMs),
      figure(peakMiB),
      `${figure(cpuMs / nothing[1].cpuMs, 1)} ×`,
    ]);
    printTable(
      `Synth of all stages of stages/, checks included (median of ${RUNS})`,
      ["", "ms", "CPU ms", "peak MiB", "CPU"],
      rows,
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The first run only warms up what the system caches. */
function medians(args: readonly string[]): Run {
  const runs = Array.from({ length: RUNS + 1 }, () => measured(args)).slice(1);
  const median = (of: (run: Run) => number) => runs.map(of).sort((a, b) => a - b)[RUNS >> 1] ?? Number.NaN;
  return { ms: median(({ ms }) => ms), cpuMs: median(({ cpuMs }) => cpuMs), peakMiB: median(({ peakMiB }) => peakMiB) };
}

function measured(args: readonly string[]): Run {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", TELL_USAGE, ...args], {
    cwd: root,
    encoding: "utf8",
  });
  const ms = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stderr}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "");
  return { ms, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMiB: maxRSS / 1024 };
}
