// `npm run bench`: every benchmark, or those named. Each prints its own table, with a ratio against a baseline of the same run.
import { availableParallelism, cpus } from "node:os";
import { endWithReader, parseOptions, UsageError } from "#infra/command-line.ts";
import { benchFanout } from "./fanout.ts";
import { benchGateway } from "./gateway/run.ts";
import { benchSoak } from "./gateway/soak.ts";
import { benchMillion } from "./million.ts";
import { benchPoster } from "./poster.ts";
import { benchPumpMemory } from "./pump-memory.ts";
import { benchSendCost } from "./send-cost.ts";
import { benchSynth } from "./synth.ts";

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const BENCHMARKS: Readonly<Record<string, () => Promise<void>>> = {
  gateway: benchGateway,
  send: benchSendCost,
  poster: benchPoster,
  fanout: benchFanout,
  million: benchMillion,
  synth: benchSynth,
};

const ONLY_NAMED = ["memory", "soak"];

const USAGE = `Usage: npm run bench [-- benchmark …]
       npm run bench memory
       npm run bench soak [-- --minutes N]

Runs the benchmarks named, or all of them: ${Object.keys(BENCHMARKS).join(", ")}.
Each says what it has to meet. The first line says how many cores it may use: those of send, poster and fanout are meant for two,
"taskset -c 0,1 npm run bench fanout".
memory posts to rooms of up to a million members, which takes two minutes; it runs only when it is named.
soak keeps the local gateway busy for N minutes (10) and tells whether its memory stays flat; it runs only when it is named.`;

async function bench(names: readonly string[], minutes: number): Promise<void> {
  console.log(
    `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown CPU"}, ${new Date().toISOString()}`,
  );
  for (const [name, run] of Object.entries(BENCHMARKS)) {
    if (names.length === 0 || names.includes(name)) await run();
  }
  if (names.includes("memory")) await benchPumpMemory();
  if (names.includes("soak")) await benchSoak(minutes);
}

function refuse(problem: string): void {
  console.error(`${problem}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const { values, positionals: names } = parseOptions({
    allowPositionals: true,
    options: { minutes: { type: "string", default: "10" }, help: { type: "boolean", short: "h", default: false } },
  });
  const minutes = Number(values.minutes);
  const unknown = names.filter((name) => !ONLY_NAMED.includes(name) && !Object.hasOwn(BENCHMARKS, name));
  if (values.help) console.log(USAGE);
  else if (unknown.length > 0) refuse(`There is no benchmark ${unknown.join(", ")}.`);
  else if (!(minutes > 0)) refuse(`--minutes ${values.minutes} should be a number above 0.`);
  else await bench(names, minutes);
}

endWithReader();
await run().catch((error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  refuse(error.message);
});
