// A recorded conversation: what some clients do, one step after the other, and every frame each of them gets. JSON, so that a new client
// of a replaced system can be recorded without writing code.
import { readFileSync } from "node:fs";
import path from "node:path";
import { root } from "#scripts/root.ts";

export type Step =
  /** Opens a socket; the text is the query of the URL. */
  | { readonly who: string; readonly opens: string }
  /** As above, but the handshake is refused with this status. */
  | { readonly who: string; readonly isRefused: number; readonly opens: string }
  /** An object is sent as JSON, a text as it stands. */
  | { readonly who: string; readonly sends: unknown }
  /** The next frames, in this order; nothing more and nothing less (see `match-frame.ts` for what may vary). */
  | { readonly who: string; readonly gets: readonly unknown[] }
  | { readonly who: string; readonly closes: true };

export interface Conversation {
  readonly name: string;
  readonly about: string;
  readonly steps: readonly Step[];
}

export function readConversation(name: string): Conversation {
  const file = path.join(root, "test", "fixtures", "conversations", `${name}.json`);
  const { about, steps } = JSON.parse(readFileSync(file, "utf8")) as { about: string; steps: unknown[] };
  return { name, about, steps: steps.map((step, at) => checked(step, `${name}.json, step ${at + 1}`)) };
}

/** A step that says something else would otherwise be passed over, and the conversation pass. */
function checked(step: unknown, place: string): Step {
  const { who, ...does } = step as Record<string, unknown>;
  const known =
    typeof who === "string" &&
    (("sends" in does && Object.keys(does).length === 1) ||
      (Array.isArray(does.gets) && does.gets.length > 0 && Object.keys(does).length === 1) ||
      (does.closes === true && Object.keys(does).length === 1) ||
      (typeof does.opens === "string" && Object.keys(does).length === (typeof does.isRefused === "number" ? 2 : 1)));
  if (known) return step as Step;
  throw new Error(
    `${place} is ${JSON.stringify(step)}; it must have "who" and one of "opens" (with "isRefused" or without), "sends", "gets", "closes"`,
  );
}
