// The errors that only transactions have, in the form in which dynalite throws those it knows.
import type { DynaliteRefusal, Item } from "./dynalite-parts.ts";

export class TransactionRefused extends Error implements DynaliteRefusal {
  readonly statusCode = 400;
  readonly body: DynaliteRefusal["body"];

  constructor(type: string, members: { readonly Message: string; readonly [member: string]: unknown }) {
    super(members.Message);
    this.body = { __type: `com.amazonaws.dynamodb.v20120810#${type}`, ...members };
  }
}

/** Why one action of a transaction failed, or that it did not. */
export interface CancellationReason {
  readonly Code: "None" | "ConditionalCheckFailed" | "ValidationError";
  readonly Item?: Item;
  readonly Message?: string;
}

/** One reason for each action, in the order of the request (aws facts §11.2). */
export function cancelled(reasons: readonly CancellationReason[]): TransactionRefused {
  const codes = reasons.map(({ Code }) => Code).join(", ");
  return new TransactionRefused("TransactionCanceledException", {
    CancellationReasons: reasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  });
}

/** Throws what is no reason of a single action. */
export function reasonOf(refusal: DynaliteRefusal | undefined, item?: Item): CancellationReason {
  if (refusal === undefined) return { Code: "None" };
  const { __type, message: Message = "" } = refusal.body;
  if (__type.endsWith("#ConditionalCheckFailedException"))
    return { Code: "ConditionalCheckFailed", ...(item ? { Item: item } : {}), Message };
  if (__type.endsWith("#ValidationException")) return { Code: "ValidationError", Message };
  throw refusal;
}
