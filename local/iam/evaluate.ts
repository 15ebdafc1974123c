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
  let known: Context | undefined;
  const context = (): Context => {
    known ??= { ...commonContext(role, resource, sessionName), ...request.context };
    return known;
  };
  const matchOf = (statement: Statement): Match => matchStatement(statement, { action, resource, context });
  const applies = (statement: Statement): boolean => {
    const match = matchOf(statement);
    return match.action && match.resource && match.conditions;
  };
  const matching = role.policies.flatMap(({ statements }: Policy) => statements.filter(applies));
  const explicit = matching.some(({ effect }) => effect === "Deny");
  if (!explicit && matching.length > 0) return { allowed: true };
  const reason = explicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  const user = sessionArn(role, sessionName);
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  return { allowed: false, explicit, message: message + explainDenial(role, matchOf) };
}

interface Target {
  readonly action: string;
  readonly resource: string;
  /** Made when a statement asks for it: most do not, and every request to the stack comes by here. */
  context(): Context;
}

/** Looked at only as far as it is asked for: most statements are about another action. */
function matchStatement(statement: Statement, { action, resource, context }: Target): Match {
  const { actions, notActions = [], resources, notResources = [], conditions } = statement;
  const isAction = (pattern: string): boolean => matchesWildcard(pattern.toLowerCase(), action.toLowerCase());
  const isResource = (pattern: string): boolean => {
    const written = pattern.includes("${") ? withVariables(pattern, context()) : pattern;
    return written !== undefined && matchesArn(written, resource);
  };
  return {
    get action() {
      return actions ? actions.some(isAction) : !notActions.some(isAction);
    },
    get resource() {
      return resources ? resources.some(isResource) : !notResources.some(isResource);
    },
    get conditions() {
      return conditions === undefined || conditionsHold(conditions, context());
    },
  };
}

/** arn:aws:iam::000000000000:role/x → arn:aws:sts::000000000000:assumed-role/x/<session> */
function sessionArn(role: Role, sessionName = role.name): string {
  const [, partition = "aws", , , account = ""] = role.arn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${role.name}/${sessionName}`;
}
