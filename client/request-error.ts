import { ERRORS, type ErrorCode } from "#protocol/errors.ts";
import type { ErrorFrame } from "#protocol/messages.ts";

/** The server's codes, the two ways in which no answer comes at all, and what comes and is none. */
export type FailureCode = ErrorCode | "timeout" | "closed" | "unreadable";

/** Why a request failed. `retryable`: the same request may succeed later. */
export class RequestError extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;

  constructor(
    code: FailureCode,
    message: string,
    retryable = code in ERRORS ? ERRORS[code as ErrorCode].retryable : true,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "RequestError";
    this.code = code;
    this.retryable = retryable;
  }

  static fromFrame(frame: ErrorFrame): RequestError {
    return new RequestError(frame.code, frame.message, frame.retryable);
  }
}

/** Refused for good: the same request will not succeed later. */
export function isFinal(error: unknown): error is RequestError {
  return error instanceof RequestError && !error.retryable;
}
