// Whether a role's policies allow a request: one Deny decides, else one Allow is needed.
import type { Policy, Role, Statement } from "#local/stack.ts";
import { conditionsHold } from "./conditions.ts";
import { type Context, commonContext } from "./context.ts";
import { explainDenial, type Match } from "./explain-denial.ts";
import { matchesArn } from "./match-arn.ts";
import { withVariables } from "./policy-variables.ts";
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
      /** In AWS's words, and which statement denied, or nearly allowed it. */
      readonly message: string;
    };

export function evaluate(role: Role, request: AccessRequest): Decision {
  const { action, resource, sessionName } = request;
  const context = { ...commonContext(role, resource, sessionName), ...request.context };
  const matchOf = (statement: Statement): Match => matchStatement(statement, { action, resource, context });
  const matching = role.policies.flatMap(({ statements }: Policy) =>
    statements.filter((statement) => Object.values(matchOf(statement)).every(Boolean)),
  );
  const explicit = matching.some(({ effect }) => effect === "Deny");
  if (!explicit && matching.length > 0) return { allowed: true };
  const reason = explicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  const user = sessionArn(role, sessionName);
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  return { allowed: false, explicit, message: message + explainDenial(role, matchOf) };
}

function matchStatement(
  { actions, notActions = [], resources, notResources = [], conditions }: Statement,
  { action, resource, context }: { action: string; resource: string; context: Context },
): Match {
  const isAction = (pattern: string): boolean => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string): boolean => {
    const written = withVariables(pattern, context);
    return written !== undefined && matchesArn(written, resource);
  };
  return {
    action: actions ? actions.some(isAction) : !notActions.some(isAction),
    resource: resources ? resources.some(isResource) : !notResources.some(isResource),
    conditions: conditions === undefined || conditionsHold(conditions, context),
  };
}

/** arn:aws:iam::000000000000:role/x → arn:aws:sts::000000000000:assumed-role/x/<session> */
function sessionArn(role: Role, sessionName = role.name): string {
  const [, partition = "aws", , , account = ""] = role.arn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${role.name}/${sessionName}`;
}
