// zod's issues as problems of stage files: at the key for keys, at the value for values, at the section for what is missing.
import type { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";
import { valueAt } from "./fields.ts";
import { memberAt, placeOf } from "./located.ts";
import type { Merged } from "./merge.ts";
import { pointerTo, type StageProblem } from "./problem.ts";
import { quote } from "./quote.ts";
import { StageSchema } from "./schema.ts";
import { descriptionOf, knownKeys } from "./stage-json-schema.ts";
import { whatsRight } from "./whats-right.ts";

export type Checked = { readonly stage: z.output<typeof StageSchema> } | { readonly problems: readonly StageProblem[] };

export function checkSchema(merged: Merged, value: unknown): Checked {
  const result = StageSchema.safeParse(value, { error: whatsRight });
  if (result.success) return { stage: result.data };
  return { problems: result.error.issues.flatMap((issue) => toProblems(merged, value, issue)) };
}

function toProblems(merged: Merged, value: unknown, issue: z.core.$ZodIssue): StageProblem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(merged, path, key));
  const pointer = pointerTo(path);
  if (issue.code === "invalid_key") {
    const place = memberAt(merged.root, path)?.keyPlace ?? placeOf(merged.root, path);
    const expected = issue.issues[0]?.message ?? "another key";
    return [{ ...place, pointer, found: `the key ${quote(path.at(-1))}`, expected }];
  }
  const present = valueAt(value, path) !== undefined;
  const place = merged.removed.get(pointer) ?? placeOf(merged.root, path);
  if (present) return [{ ...place, pointer, found: quote(valueAt(value, path)), expected: issue.message }];
  const found = merged.removed.has(pointer) ? "null" : "nothing";
  return [{ ...place, pointer, found, expected: `${issue.message}; it is required. ${descriptionOf(path)}`.trim() }];
}

function unknownKey(merged: Merged, path: readonly PropertyKey[], key: string): StageProblem {
  const full = [...path, key];
  const known = knownKeys(path);
  const place = memberAt(merged.root, full)?.keyPlace ?? placeOf(merged.root, full);
  const expected = `${didYouMean(key, known)}Known here: ${known.join(", ")}`;
  return { ...place, pointer: pointerTo(full), found: `the unknown key ${quote(key)}`, expected };
}
