/** A Terraform file that cannot be served, with everything that is wrong with it. */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(`${file} cannot be served (${count}):\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}
