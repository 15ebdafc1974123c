/** A place in a stage file; line and column count from 1, as editors do. */
export interface Place {
  /** Relative to the working directory when it lies inside it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong: where, what stands there, and what would be right. */
export interface StageProblem extends Place {
  /** JSON pointer (RFC 6901) of the value in the merged stage; empty for the whole file. */
  readonly pointer: string;
  readonly found: string;
  readonly expected: string;
}

/** Thrown with everything that is wrong at once, in the order of the files. */
export class StageFileError extends Error {
  override readonly name = "StageFileError";
  readonly problems: readonly StageProblem[];

  constructor(problems: readonly StageProblem[]) {
    const sorted = [...problems].sort(byPlace);
    super(sorted.map(formatProblem).join("\n"));
    this.problems = sorted;
  }
}

export function formatProblem(problem: StageProblem): string {
  const { file, line, column, pointer, found, expected } = problem;
  return `${file}:${line}:${column}  ${pointer === "" ? "(whole file)" : pointer}  found ${found}  expected ${expected}`;
}

export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function byPlace(a: StageProblem, b: StageProblem): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;
}
