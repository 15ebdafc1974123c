/** A step of a deployment failed: what happened, what it has changed so far, and how to go on. */
export class StepError extends Error {
  override readonly name: string = "StepError";
  readonly changed: string;
  readonly next: string;

  constructor(what: string, { changed, next }: { readonly changed: string; readonly next: string }) {
    super(what);
    this.changed = changed;
    this.next = next;
  }
}

export const NOTHING_CHANGED = "Nothing was changed in AWS.";

/** Someone said no: no failure, but nothing was done. */
export class Declined extends StepError {
  override readonly name = "Declined";

  constructor(what: string, changed = NOTHING_CHANGED) {
    super(what, { changed, next: "Run it again when you have made up your mind." });
  }
}
