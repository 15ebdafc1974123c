import { RequestError } from "#client/request-error.ts";

/** The error a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<RequestError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof RequestError) return outcome.error;
  throw new Error(`Expected a RequestError, got ${JSON.stringify(outcome)}.`);
}
