/** Part of a block that only AWS will know; a problem when it is needed, and only then. */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
