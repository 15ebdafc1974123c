// Stage files are committed, and what they say can be read in the console by anyone who may look at the function.
import { fields } from "../fields.ts";
import { quote } from "../quote.ts";
import { readSecretReference } from "../secret-reference.ts";
import type { Report, Rule } from "./rule.ts";

const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key id"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./, "a signed token"],
  [/\b(?:gh[pousr]_|github_pat_|xox[abpr]-|sk_live_|sk-)[\w-]{16,}/, "an access token"],
  [/:\/\/[^/\s:@]+:[^/\s:@]+@/, "a URL with a password"],
];
const TELLING_NAME = /secret|passw(or)?d|token|api_?key|private_?key|credential/i;
/** SSM parameters and secrets by name, paths, URLs, and plain settings about secrets (`TOKEN_TTL_SECONDS`). */
const HARMLESS = /^(ssm:|secretsmanager:|arn:aws|\/|https?:\/\/)|^(true|false|-?[\d.]+)?$/;
const RIGHT =
  "where the secret is kept, not the secret: the name of an SSM parameter (ssm:/path) or of a secret (secretsmanager:name)";

export const noSecrets: Rule = (stage, report) => {
  for (const [name, settings] of Object.entries(fields(stage.functions)))
    checkMap(fields(fields(settings).environment), ["functions", name, "environment"], report);
  checkMap(fields(stage.stageVariables), ["stageVariables"], report);
  checkMap(fields(stage.tags), ["tags"], report);
};

/** The role of the function that names a secret may read it, and there is one such function. */
export const oneReader: Rule = (stage, report) => {
  const readers = new Map<string, string>();
  for (const [name, settings] of Object.entries(fields(stage.functions))) {
    for (const [key, value] of Object.entries(fields(fields(settings).environment))) {
      if (typeof value !== "string" || !/^(ssm|secretsmanager):/.test(value)) continue;
      const refuse = (expected: string) => report(["functions", name, "environment", key], { expected });
      if (readSecretReference(value) === undefined) refuse("ssm:/path or secretsmanager:name");
      const reader = readers.get(value);
      if (reader !== undefined && reader !== name)
        refuse(`one function that reads it: ${quote(reader)} does. Give each a secret of its own`);
      readers.set(value, reader ?? name);
    }
  }
};

/** For what was not read from a stage file. */
export function looksSecret(name: string, value: string): boolean {
  return kindOf(name, value) !== undefined;
}

function checkMap(map: Record<string, unknown>, at: readonly string[], report: Report): void {
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== "string") continue;
    const kind = kindOf(key, value);
    // The value itself is not repeated: this text ends up in terminals and logs.
    if (kind !== undefined) report([...at, key], { found: `what looks like ${kind}`, expected: RIGHT });
  }
}

function kindOf(key: string, value: string): string | undefined {
  return SHAPES.find(([shape]) => shape.test(value))?.[1] ?? suspicion(key, value);
}

function suspicion(key: string, value: string): string | undefined {
  if (HARMLESS.test(value)) return undefined;
  if (TELLING_NAME.test(key)) return `a secret, by its name ${key}`;
  return looksRandom(value) ? "a secret: a long random text" : undefined;
}

/** Letters of both cases and digits, in one word, with the variety of random text (bits per character). */
function looksRandom(value: string): boolean {
  if (!/^[\w+/=-]{32,}$/.test(value) || !/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d/.test(value)) return false;
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / value.length);
  return shares.reduce((bits, share) => bits - share * Math.log2(share), 0) > 4;
}
