// The engines to measure, in a process of their own, bundled as a function is: the pump with the ports it has when it is deployed, and the
// naive engine.
import { dynamodbClient } from "#aws/dynamodb-client.ts";
import { type DeliverPorts, deliver } from "#chat/deliver.ts";
import type { Member } from "#chat/ports.ts";
import { type PumpReport, pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { readFanningConfig } from "#functions/runtime/config.ts";
import { directPorts, pumpPorts } from "#functions/runtime/pump-ports.ts";
import { keepHeapSmall } from "#functions/runtime/small-heap.ts";
import type { Entry } from "#protocol/messages.ts";
import { type Counts, countCalls, newCounts } from "./counted-calls.ts";
import type { NaiveEngine } from "./naive-engine.ts";

export type EngineTask =
  | { readonly kind: "pump"; readonly order: PumpOrder }
  /** What the message function does with a small audience. */
  | { readonly kind: "direct"; readonly entry: Entry; readonly members: readonly Member[] }
  | { readonly kind: "naive"; readonly entry: Entry; readonly members: readonly string[] }
  | { readonly kind: "usage" };

export interface Usage {
  readonly cpuMs: number;
  /** How long functions would have run, each in an instance of its own. */
  readonly functionMs: number;
  readonly invocations: number;
  readonly mostMemoryMb: number;
  readonly counts: Counts;
}

export interface EngineAnswer {
  readonly id: number;
  readonly report?: PumpReport;
  /** How long it took to show a message directly. */
  readonly directMs?: number;
  readonly usage?: Usage;
}

keepHeapSmall();
const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "x".repeat(900) };
const client = dynamodbClient({ credentials });
const counts = newCounts();
countCalls(client, () => counts);
const config = readFanningConfig(process.env);
const ports = pumpPorts(config, client);
let direct: DeliverPorts | undefined;
/** Loaded only to be measured: the pump has nothing of it. */
let naive: NaiveEngine | undefined;
const run = {
  remainingMs: () => 300_000,
  wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};
// not resourceUsage().maxRSS: that of a child begins with what its parent had
let mostMemoryMb = 0;
setInterval(() => {
  mostMemoryMb = Math.max(mostMemoryMb, process.memoryUsage.rss() / 2 ** 20);
}, 10);
let functionMs = 0;
let invocations = 0;

async function answer(task: EngineTask): Promise<Omit<EngineAnswer, "id">> {
  const startedAt = performance.now();
  switch (task.kind) {
    case "pump": {
      const report = await pump(ports, task.order, run);
      functionMs += performance.now() - startedAt;
      invocations++;
      return { report };
    }
    case "direct": {
      direct ??= directPorts(config, client);
      const { entry, members } = task;
      await deliver(direct, { type: "entry", entry, direct: false }, members, { userId: entry.sender.id });
      return { directMs: performance.now() - startedAt };
    }
    case "naive":
      naive ??= await loadNaive();
      await naive.show(task.entry, task.members);
      functionMs += performance.now() - startedAt;
      return {};
    case "usage": {
      const { user, system } = process.cpuUsage();
      const cpuMs = (user + system) / 1000;
      return { usage: { cpuMs, functionMs, invocations, mostMemoryMb, counts: { ...counts } } };
    }
  }
}

async function loadNaive(): Promise<NaiveEngine> {
  const { naiveEngine } = await import("./naive-engine.ts");
  return naiveEngine(process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI ?? "", 250, credentials);
}

process.on("message", ({ id, task }: { id: number; task: EngineTask }) => {
  void answer(task).then((answered) => process.send?.({ id, ...answered }));
});
process.on("disconnect", () => process.exit(0));
