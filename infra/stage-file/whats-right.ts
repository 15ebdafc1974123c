// What would be right, for every refusal of a schema that does not say it itself; never zod's own words.
import type { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";

const TYPES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object { … }",
  record: "an object { … }",
};

export function whatsRight(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value": {
      const values = issue.values.map((value) => JSON.stringify(value));
      const guess = typeof issue.input === "string" ? didYouMean(issue.input, issue.values.map(String)) : "";
      return `${guess}One of ${values.join(", ")}`;
    }
    case "too_small":
      return `${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.minimum, issue.origin)}`;
    case "too_big":
      return `${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.maximum, issue.origin)}`;
    default:
      return "another value";
  }
}

function amount(limit: number | bigint, origin: string): string {
  return origin === "string" ? `${limit} character${limit === 1 ? "" : "s"}` : limit.toLocaleString("en-US");
}
