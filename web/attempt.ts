import { RequestError } from "#client/request-error.ts";
import { failureInWords } from "./human-words.ts";
import { toast } from "./toasts.ts";

/** The answer, or undefined after telling the person what went wrong. That the connection is closed, the page shows anyway. */
export async function attempt<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.code !== "closed") toast(failureInWords(error));
    return undefined;
  }
}
