import { matchesWildcard } from "./wildcard.ts";

/**
 * Whether an ARN is meant by a pattern of a policy. The six parts are compared one by one, so a `*` never reaches over a colon
 * into the next part (the last part may itself hold colons), and a pattern with fewer parts means `*` for those left out.
 */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const wanted = parts(pattern);
  const given = parts(arn);
  return given.every((part, at) => matchesWildcard(wanted[at] ?? "*", part));
}

function parts(arn: string): string[] {
  const all = arn.split(":");
  return all.length <= 6 ? all : [...all.slice(0, 5), all.slice(5).join(":")];
}
