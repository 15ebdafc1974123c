// A figure beside another of the same run – the floor, or what it replaces – and the target it has to meet.
import { figure } from "./print-table.ts";

export interface Row {
  readonly name: string;
  /** undefined: this machine cannot measure it. */
  readonly measured: number | undefined;
  readonly bare?: number | undefined;
  readonly unit: string;
  readonly digits: number;
  readonly target?: Target;
}

export interface Target {
  readonly text: string;
  holds(measured: number, bare?: number): boolean;
}

/** `of`: what is compared is the ratio to the figure beside it. */
export function atMost(limit: number, of: "figure" | "ratio" = "figure"): Target {
  const text = of === "ratio" ? `≤ ${limit} ×` : `≤ ${limit.toLocaleString("en-US")}`;
  return { text, holds: (measured, bare = Number.NaN) => (of === "ratio" ? measured / bare : measured) <= limit };
}

/** `share`: in percent of the figure beside it. */
export function atLeast(limit: number, of: "figure" | "share" = "figure"): Target {
  const text = of === "share" ? `≥ ${limit} %` : `≥ ${figure(limit)}`;
  return {
    text,
    holds: (measured, bare = Number.NaN) => (of === "share" ? (100 * measured) / bare : measured) >= limit,
  };
}

export function toCells({ name, measured, bare, unit, digits, target }: Row): string[] {
  const holds = measured !== undefined && target?.holds(measured, bare);
  return [
    name,
    `${figure(measured, digits)} ${unit}`,
    bare === undefined ? "" : figure(bare, digits),
    measured === undefined || bare === undefined ? "" : ratio(measured / bare),
    target?.text ?? "",
    target === undefined || measured === undefined ? "" : holds ? "yes" : "no",
  ];
}

/** A share below one is a percentage, else it is times as much. */
function ratio(value: number): string {
  return value < 1 ? `${(100 * value).toFixed(1)} %` : `${value.toFixed(1)} ×`;
}
