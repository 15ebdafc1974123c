// Reads an IAM policy document (JSON) into statements whose lists are always lists, and names what this evaluator cannot honour.
import type { Statement } from "#local/stack.ts";
import { conditionOperators, isConditionKey, isConditionOperator } from "./conditions.ts";
import { hasOnlyVariables } from "./policy-variables.ts";

export interface ParsedPolicy {
  readonly statements: readonly Statement[];
  readonly problems: readonly string[];
}

type Json = Record<string, unknown>;

export function parsePolicy(document: string): ParsedPolicy {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch (error) {
    return refused(`the policy is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(policy)) return refused(`a policy is an object with a "Statement", found ${JSON.stringify(policy)}`);
  const list = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  const parsed = list.map((statement, at) => parseStatement(statement, `Statement[${at}]`));
  return {
    statements: parsed.flatMap(({ statement }) => (statement ? [statement] : [])),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

function parseStatement(json: unknown, place: string): { statement?: Statement; problems: readonly string[] } {
  if (!isObject(json)) return { problems: [`${place} is missing or not an object`] };
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition } = json;
  const problems: string[] = [];
  if (Effect !== "Allow" && Effect !== "Deny") {
    return { problems: [`${place}.Effect is ${JSON.stringify(Effect)}; it is "Allow" or "Deny"`] };
  }
  if ((Action === undefined) === (NotAction === undefined)) problems.push(`${place} needs one of Action and NotAction`);
  if ((Resource === undefined) === (NotResource === undefined))
    problems.push(`${place} needs one of Resource and NotResource`);
  const conditions = Condition === undefined ? undefined : parseConditions(Condition, `${place}.Condition`, problems);
  const resources = [...toList(Resource), ...toList(NotResource)];
  for (const text of resources) if (!hasOnlyVariables(text)) problems.push(policyVariable(`${place}.Resource`, text));
  const statement: Statement = {
    ...(typeof Sid === "string" && Sid !== "" ? { sid: Sid } : {}),
    effect: Effect,
    ...(Action === undefined ? {} : { actions: toList(Action) }),
    ...(NotAction === undefined ? {} : { notActions: toList(NotAction) }),
    ...(Resource === undefined ? {} : { resources: toList(Resource) }),
    ...(NotResource === undefined ? {} : { notResources: toList(NotResource) }),
    ...(conditions ? { conditions } : {}),
  };
  return { statement, problems };
}

function parseConditions(
  json: unknown,
  place: string,
  problems: string[],
): Record<string, Record<string, readonly string[]>> {
  const conditions: Record<string, Record<string, readonly string[]>> = {};
  if (!isObject(json)) {
    problems.push(`${place} is not an object`);
    return conditions;
  }
  for (const [operator, keys] of Object.entries(json)) {
    if (!isConditionOperator(operator)) {
      const known = conditionOperators.join(", ");
      problems.push(
        `${place}: the operator ${operator} cannot be evaluated here; known are ${known}, each also with ForAllValues:, ForAnyValue: or IfExists`,
      );
    } else if (!isObject(keys)) {
      problems.push(`${place}.${operator} is not an object of condition keys`);
    } else {
      conditions[operator] = Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, toList(values)]));
      for (const key of Object.keys(keys).filter((name) => !isConditionKey(name))) {
        problems.push(
          `${place}.${operator}: the condition key ${key} is not known here; of DynamoDB's only dynamodb:LeadingKeys and dynamodb:EnclosingOperation are`,
        );
      }
      for (const text of Object.values(keys).flatMap(toList)) {
        if (!hasOnlyVariables(text)) problems.push(policyVariable(`${place}.${operator}`, text));
      }
    }
  }
  return conditions;
}

function policyVariable(place: string, text: string): string {
  return `${place}: the policy variable in ${JSON.stringify(text)} is not closed; it is written \${key} or \${key, 'default'}`;
}

function refused(problem: string): ParsedPolicy {
  return { statements: [], problems: [problem] };
}

function toList(value: unknown): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
