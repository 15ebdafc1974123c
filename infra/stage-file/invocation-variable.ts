/** The variable that tells a function how another is called: `fanout` → `FANOUT_FUNCTION`. */
export function invocationVariable(functionName: string): string {
  return `${functionName.toUpperCase().replaceAll("-", "_")}_FUNCTION`;
}
