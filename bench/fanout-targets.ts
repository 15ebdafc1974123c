// What the delivery engine has to meet, beside what this run has measured.
import type { FanoutPoint } from "./fanout-plot.ts";
import { printTable } from "./print-table.ts";
import { atMost, type Row, toCells } from "./target-row.ts";

export interface Busy {
  readonly framesPerDelivery: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly outOfOrder: number;
  /** A message. */
  readonly dollars: number;
  readonly cpuMs: number;
}

export interface Measured {
  readonly points: readonly FanoutPoint[];
  readonly postsPerSecond: number;
  /** Of a whole stage at work, in any second. */
  readonly stageMost: number;
  readonly ours: Busy;
  readonly naive: Busy;
}

export function printTargets(measured: Measured): void {
  printTable(
    "What the engine has to meet",
    ["", "measured", "beside", "ratio", "target", "holds"],
    [...sizeRows(measured), ...busyRows(measured)].map(toCells),
  );
}

function sizeRows({ points, postsPerSecond, stageMost }: Measured): Row[] {
  const [large, larger] = [points.find(({ members }) => members === 10_000), points.at(-1)];
  const most = (of: (point: FanoutPoint) => number) => Math.max(...points.map(of));
  return [
    {
      name: "10,000 members: time to the last",
      measured: large?.lastMemberMs,
      unit: "ms",
      digits: 0,
      target: atMost(3_000),
    },
    {
      name: "time for each of 100,000, beside that of 10,000: it is linear",
      ...{ measured: msEach(larger), bare: msEach(large), unit: "ms", digits: 3, target: atMost(1.1, "ratio") },
    },
    {
      name: "posts in any second, any size",
      ...{ measured: most((one) => one.mostPerSecond), unit: "/s", digits: 0, target: atMost(postsPerSecond) },
    },
    {
      name: "posts in any second, the whole stage",
      ...{ measured: stageMost, unit: "/s", digits: 0, target: atMost(postsPerSecond) },
    },
    {
      name: "memory of a pump, any size",
      ...{ measured: most((one) => one.memoryMb), unit: "MB", digits: 0, target: atMost(100) },
    },
  ];
}

function busyRows({ ours, naive }: Measured): Row[] {
  const beside = (of: (busy: Busy) => number) => ({ measured: of(ours), bare: of(naive) });
  return [
    {
      name: "busy room: frames for each message and member",
      ...{ measured: ours.framesPerDelivery, unit: "", digits: 2, target: atMost(0.5) },
    },
    { name: "busy room: added latency, p99", measured: ours.p99Ms, unit: "ms", digits: 0, target: atMost(1_000) },
    { name: "busy room: out of order", measured: ours.outOfOrder, unit: "", digits: 0, target: atMost(0) },
    {
      name: "busy room: $ / million messages, beside the naive engine",
      ...{ ...beside(({ dollars }) => dollars * 1e6), unit: "$", digits: 1, target: atMost(0.5, "ratio") },
    },
    {
      name: "busy room: CPU of a message, beside the naive engine",
      ...{ ...beside(({ cpuMs }) => cpuMs), unit: "ms", digits: 2, target: atMost(0.5, "ratio") },
    },
  ];
}

function msEach(point: FanoutPoint | undefined): number | undefined {
  return point && point.lastMemberMs / point.members;
}
