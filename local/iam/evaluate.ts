// Whether a role's policies allow a request: one Deny decides, else one Allow is needed.
import type { Policy, Role, Statement } from "#local/stack.ts";
import { type Context, conditionsHold } from "./conditions.ts";
import { matchesArn } from "./match-arn.ts";
import { matchesWildcard } from "./wildcard.ts";

export interface AccessRequest {
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** ARN of what is acted on. */
  readonly resource: string;
  readonly context?: Context;
  /** Session name of the assumed role, for the message: on Lambda the function's name. */
  readonly sessionName?: string;
}

export type Decision =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** A Deny statement matched. */
      readonly explicit: boolean;
      /** In AWS's words. */
      readonly message: string;
    };

export function evaluate(role: Role, request: AccessRequest): Decision {
  const matching = role.policies.flatMap(({ statements }: Policy) => statements.filter((one) => applies(one, request)));
  const explicit = matching.some(({ effect }) => effect === "Deny");
  if (!explicit && matching.length > 0) return { allowed: true };
  const { action, resource } = request;
  const reason = explicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  const user = sessionArn(role, request.sessionName);
  return {
    allowed: false,
    explicit,
    message: `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`,
  };
}

function applies(statement: Statement, { action, resource, context = {} }: AccessRequest): boolean {
  const { actions, notActions = [], resources, notResources = [], conditions } = statement;
  const isAction = (pattern: string): boolean => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string): boolean => matchesArn(pattern, resource);
  return (
    (actions ? actions.some(isAction) : !notActions.some(isAction)) &&
    (resources ? resources.some(isResource) : !notResources.some(isResource)) &&
    (conditions === undefined || conditionsHold(conditions, context))
  );
}

/** arn:aws:iam::000000000000:role/x → arn:aws:sts::000000000000:assumed-role/x/<session> */
function sessionArn(role: Role, sessionName = role.name): string {
  const [, partition = "aws", , , account = ""] = role.arn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${role.name}/${sessionName}`;
}
