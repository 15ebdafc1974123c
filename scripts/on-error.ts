// What Express does with an error by itself is to show everybody a stack trace, with the paths of this machine, and to print it.
import type { ErrorRequestHandler, Response } from "express";

/** `what` is for whoever asked. Only a mistake of ours is printed: anybody can send a broken request. */
export function onError(answer: (response: Response, status: number, what: string) => void): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { status, message, headers, stack } = Object(error) as Partial<Record<string, unknown>>;
    const theirs = typeof status === "number" && status >= 400 && status < 500;
    if (!theirs) process.emitWarning(`${request.method} ${request.path} was answered with 500: ${stack ?? error}`);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.set(Object(headers));
    if (theirs) answer(response, status, String(message));
    else answer(response, 500, "this is a mistake of the server");
  };
}
