// `npm run bench`: every benchmark, or those named. Each prints its own table, with a ratio against a baseline of the same run.
import { availableParallelism, cpus } from "node:os";
import { benchFanout } from "./fanout.ts";
import { benchGateway } from "./gateway.ts";
import { benchPoster } from "./poster.ts";
import { benchSendCost } from "./send-cost.ts";
import { benchSynth } from "./synth.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  gateway: benchGateway,
  send: benchSendCost,
  poster: benchPoster,
  fanout: benchFanout,
  synth: benchSynth,
};

const USAGE = `Usage: npm run bench -- [benchmark …]

Runs the benchmarks named, or all of them: ${Object.keys(BENCHMARKS).join(", ")}.`;

async function bench(names: readonly string[]): Promise<void> {
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown CPU"}, ${new Date().toISOString()}`,
  );
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (names.length === 0 || names.includes(name)) await run();
  }
}

function refuse(problem: string): void {
  console.error(`${problem}\n\n${USAGE}`);
  process.exitCode = 2;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (names.includes("--help") || names.includes("-h")) console.log(USAGE);
else if (unknown.length > 0) refuse(`There is no benchmark ${unknown.join(", ")}.`);
else await bench(names);
