// The one question "who is calling?" of the management API.
import type { IncomingMessage } from "node:http";
import type { Credentials } from "#local/iam/credentials.ts";
import type { Role } from "#local/stack.ts";

export type ManagementCaller =
  | { readonly kind: "anonymous" }
  /** Keys that were not issued here: a developer's own, on their machine. */
  | { readonly kind: "developer" }
  | { readonly kind: "function"; readonly role: Role; readonly functionName: string };

export function callerOf(request: IncomingMessage, credentials: Credentials): ManagementCaller {
  const { authorization } = request.headers;
  const signed = authorization !== undefined || (request.url ?? "").includes("X-Amz-Credential=");
  if (!signed) return { kind: "anonymous" };
  const caller = credentials.callerOf({ authorization, url: request.url });
  return caller ? { kind: "function", ...caller } : { kind: "developer" };
}
