import type { LambdaFunction } from "#local/stack.ts";

/** What keeps functions from running here, one sentence each. */
export function runtimeProblems(functions: readonly LambdaFunction[]): string[] {
  return functions
    .filter(({ runtime }) => Number.isNaN(runtimeMajor(runtime)))
    .map(
      ({ address, runtime }) =>
        `${address}: not served yet: runtime "${runtime}" (only nodejs runtimes, like "nodejs24.x", run here)`,
    );
}

/** 24 of `nodejs24.x`; NaN for another language. */
export function runtimeMajor(runtime: string): number {
  return Number(runtime.match(/^nodejs(\d+)\.x$/)?.[1]);
}
