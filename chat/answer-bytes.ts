import { LIMITS } from "#protocol/limits.ts";

/** What the entries of one answer may take: it is one WebSocket message, which ends at 128 KB (aws facts §5.1). */
export const ANSWER_BYTES = 96 * 1024;

/** The largest entry there can be. What is left of an answer is used while one more of these would fit. */
export const ENTRY_BYTES = LIMITS.contentBytes + LIMITS.extraBytes + 2048;
