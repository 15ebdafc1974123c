import type { Fields } from "../fields.ts";

/** Says what is wrong at a path of the stage; `at: "key"` points at the key instead of the value. */
export type Report = (
  path: readonly string[],
  problem: { readonly found?: string; readonly expected: string; readonly at?: "key" },
) => void;

/**
 * A rule no single value can break. It sees the merged stage before anyone vouches for its shape, so that its findings
 * come together with the schema's: it skips what it does not recognise.
 */
export type Rule = (stage: Fields, report: Report) => void;
