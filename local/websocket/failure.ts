// A mistake of the gateway itself, met while it served one client: that client is told, a person reads why, nobody else notices.
import type { HttpAnswer } from "./http-answer.ts";

/** `what` was served, such as "a message of AbCdEf=". */
export type ReportFailure = (what: string, error: unknown) => void;

export const internalError: HttpAnswer = {
  status: 500,
  message: "Internal server error",
  errorType: "InternalServerErrorException",
};

/** One line and where it was thrown. */
export function describeFailure(what: string, error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // A stack overflow repeats itself.
  return `The local gateway failed to serve ${what}, which was answered with an error: ${trace.split("\n").slice(0, 5).join("\n")}`;
}
