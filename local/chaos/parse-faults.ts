// `--chaos disconnect-drop@10%,connections-delay=300ms@20%`
import { type Fault, faultKinds, timedKinds } from "./chaos.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Throws a sentence for the first fault it cannot read. */
export function parseFaults(text: string): Fault[] {
  return text
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "")
    .map(parseFault);
}

function parseFault(text: string): Fault {
  const [, name = "", duration, percent] = text.match(/^([a-z0-9-]+)(?:=([^@]*))?(?:@(.*))?$/) ?? [];
  const kind = faultKinds.find((one) => one === name);
  if (!kind) throw new Error(`"${text}" is no fault: there are ${faultKinds.join(", ")}`);
  const share = percent === undefined ? 1 : parseShare(text, percent);
  if (!timedKinds.includes(kind)) {
    if (duration !== undefined) throw new Error(`"${text}": ${kind} takes no duration`);
    return { kind, share };
  }
  if (duration === undefined) throw new Error(`"${text}": ${kind} needs a duration, like ${kind}=5s`);
  return { kind, share, ms: parseDuration(text, duration, kind === "clock-skew") };
}

function parseShare(text: string, percent: string): number {
  const share = Number(percent.match(/^(\d+(?:\.\d+)?)%$/)?.[1] ?? Number.NaN) / 100;
  if (share >= 0 && share <= 1) return share;
  throw new Error(`"${text}": "${percent}" should be a percentage from 0% to 100%`);
}

function parseDuration(text: string, duration: string, signed: boolean): number {
  const [, sign = "", number = "", unit = ""] = duration.match(/^(-?)(\d+)(ms|s|m)$/) ?? [];
  const factor = unitMs[unit];
  if (factor === undefined || (sign !== "" && !signed)) {
    throw new Error(`"${text}": "${duration}" should be a duration like 300ms, 5s or 2m`);
  }
  return Number(`${sign}${number}`) * factor;
}
