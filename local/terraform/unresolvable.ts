/** One or more expressions that have no value; each problem says where it stands. */
export class Unresolvable extends Error {
  override readonly name = "Unresolvable";
  readonly problems: readonly string[];
  /** Nothing is wrong with the file: the value would come from a resource that means nothing here. */
  readonly notServed: boolean;

  constructor(problems: readonly string[], notServed = false) {
    super(problems.join("\n"));
    this.problems = problems;
    this.notServed = notServed;
  }
}
