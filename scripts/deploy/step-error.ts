/** A step of a deployment failed: what happened, what it has changed so far, and how to go on. */
export class StepError extends Error {
  override readonly name = "StepError";
  readonly changed: string;
  readonly next: string;

  constructor(what: string, { changed, next }: { readonly changed: string; readonly next: string }) {
    super(what);
    this.changed = changed;
    this.next = next;
  }
}

export const NOTHING_CHANGED = "Nothing was changed in AWS.";

/** Wrong words on the command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Someone said no: no failure, but nothing was done. */
export class Declined extends Error {
  override readonly name = "Declined";
}
