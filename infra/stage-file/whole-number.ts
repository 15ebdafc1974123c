import { z } from "zod";

/** zod asks for "a number" where it is given a text, even when only whole ones will do. */
export function wholeNumber() {
  return z.int({ error: (issue) => (issue.code === "invalid_type" ? "a whole number" : undefined) });
}
