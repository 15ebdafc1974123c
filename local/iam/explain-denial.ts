// What a person needs to know of a denial besides AWS's sentence: the statement that denied, or the one that nearly allowed.
import type { Policy, Role, Statement } from "#local/stack.ts";

/** How far a statement applies to a request. */
export interface Match {
  readonly action: boolean;
  readonly resource: boolean;
  readonly conditions: boolean;
}

/** Empty when no statement is about the action at all. */
export function explainDenial(role: Role, matchOf: (statement: Statement) => Match): string {
  const all = role.policies.flatMap((policy) =>
    policy.statements.map((statement, at) => ({ statement, place: placeOf(policy, at), ...matchOf(statement) })),
  );
  const denying = all.find(
    ({ statement, action, resource, conditions }) => statement.effect === "Deny" && action && resource && conditions,
  );
  if (denying) return `: ${denying.place}`;
  const near = all.filter(({ statement, action }) => statement.effect === "Allow" && action);
  const unmet = near.find(({ resource }) => resource);
  if (unmet) return `; ${unmet.place} would allow it, but its Condition does not hold`;
  const elsewhere = near.map(({ statement, place }) => `${place} allows it on ${resourcesOf(statement)}`);
  return elsewhere.length === 0 ? "" : `; ${elsewhere.join(", ")}`;
}

function placeOf({ name, statements }: Policy, at: number): string {
  const sid = statements[at]?.sid;
  return `statement ${sid === undefined ? at + 1 : JSON.stringify(sid)} of the policy ${JSON.stringify(name)}`;
}

function resourcesOf({ resources, notResources = [] }: Statement): string {
  return resources ? resources.join(" and ") : `everything but ${notResources.join(" and ")}`;
}
