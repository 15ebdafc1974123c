import { styleText } from "node:util";

/** For standard error: red where that is a terminal – which standard output, Node's own measure, may not be – or FORCE_COLOR is set. */
export function red(text: string): string {
  return styleText("red", text, { stream: process.stderr });
}
