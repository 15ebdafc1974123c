// What is known of a request, by condition key: what its service says, and what holds for every request.
import type { Role } from "#local/stack.ts";

/** Some keys have several values. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** AWS's global condition keys, as far as a function's request on this machine has them. */
export function commonContext(role: Role, resource: string, sessionName = role.name): Context {
  const [, , , , account = ""] = role.arn.split(":");
  const [, , , region = "", resourceAccount = ""] = resource.split(":");
  const now = new Date();
  return {
    "aws:CurrentTime": now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    "aws:PrincipalAccount": account,
    "aws:PrincipalArn": role.arn,
    "aws:PrincipalType": "AssumedRole",
    // The id of a role is AWS's own; a name is as unique here.
    "aws:userid": `${role.name}:${sessionName}`,
    "aws:PrincipalIsAWSService": "false",
    "aws:ViaAWSService": "false",
    "aws:SourceIp": "127.0.0.1",
    // There is no TLS here, and on AWS there is nothing else.
    "aws:SecureTransport": "true",
    ...(region === "" ? {} : { "aws:RequestedRegion": region }),
    ...(resourceAccount === "" ? {} : { "aws:ResourceAccount": resourceAccount }),
  };
}

/** Condition keys are compared without regard to case. */
export function valuesOf(context: Context, key: string): readonly string[] | undefined {
  const found = Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase());
  if (!found) return undefined;
  return typeof found[1] === "string" ? [found[1]] : found[1];
}
