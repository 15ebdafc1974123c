// The `Condition` block of a statement. An operator that is missing here is refused when the stack is read: ignoring it could
// allow what AWS denies.
import { type Context, valuesOf } from "./context.ts";
import { isInRange } from "./ip-range.ts";
import { matchesArn } from "./match-arn.ts";
import { withVariables } from "./policy-variables.ts";
import { literalQuestionMark, literalStar, matchesWildcard } from "./wildcard.ts";

interface Operator {
  readonly compare: (wanted: string, given: string) => boolean;
  /** `StringNotEquals` and the like: true when none of the values matches, and when the key is not in the request. */
  readonly negated: boolean;
}

/** Without wildcards, a star is a star. */
const plain = (wanted: string): string => wanted.replaceAll(literalStar, "*").replaceAll(literalQuestionMark, "?");
const same = (wanted: string, given: string): boolean => plain(wanted) === given;
const sameIgnoringCase = (wanted: string, given: string): boolean =>
  plain(wanted).toLowerCase() === given.toLowerCase();
const numeric = (compare: (given: number, wanted: number) => boolean) => (wanted: string, given: string) =>
  compare(Number(given), Number(wanted));
const dated = (compare: (given: number, wanted: number) => boolean) => (wanted: string, given: string) =>
  compare(instant(given), instant(wanted));

const comparisons: Readonly<Record<string, Operator>> = {
  StringEquals: { compare: same, negated: false },
  StringNotEquals: { compare: same, negated: true },
  StringEqualsIgnoreCase: { compare: sameIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { compare: sameIgnoringCase, negated: true },
  StringLike: { compare: matchesWildcard, negated: false },
  StringNotLike: { compare: matchesWildcard, negated: true },
  NumericEquals: { compare: numeric((given, wanted) => given === wanted), negated: false },
  NumericNotEquals: { compare: numeric((given, wanted) => given === wanted), negated: true },
  NumericLessThan: { compare: numeric((given, wanted) => given < wanted), negated: false },
  NumericLessThanEquals: { compare: numeric((given, wanted) => given <= wanted), negated: false },
  NumericGreaterThan: { compare: numeric((given, wanted) => given > wanted), negated: false },
  NumericGreaterThanEquals: { compare: numeric((given, wanted) => given >= wanted), negated: false },
  DateEquals: { compare: dated((given, wanted) => given === wanted), negated: false },
  DateNotEquals: { compare: dated((given, wanted) => given === wanted), negated: true },
  DateLessThan: { compare: dated((given, wanted) => given < wanted), negated: false },
  DateLessThanEquals: { compare: dated((given, wanted) => given <= wanted), negated: false },
  DateGreaterThan: { compare: dated((given, wanted) => given > wanted), negated: false },
  DateGreaterThanEquals: { compare: dated((given, wanted) => given >= wanted), negated: false },
  Bool: { compare: sameIgnoringCase, negated: false },
  IpAddress: { compare: isInRange, negated: false },
  NotIpAddress: { compare: isInRange, negated: true },
  // For ARNs, Equals and Like mean the same.
  ArnEquals: { compare: matchesArn, negated: false },
  ArnLike: { compare: matchesArn, negated: false },
  ArnNotEquals: { compare: matchesArn, negated: true },
  ArnNotLike: { compare: matchesArn, negated: true },
};

export const conditionOperators: readonly string[] = [...Object.keys(comparisons), "Null"];

export function isConditionOperator(name: string): boolean {
  const { base, quantifier } = parseOperator(name);
  return base === "Null" ? quantifier === undefined : Object.hasOwn(comparisons, base);
}

/** DynamoDB's keys about attributes and return values are not worked out here; taken as absent they could allow what AWS denies. */
export function isConditionKey(name: string): boolean {
  return !/^dynamodb:(?!(?:LeadingKeys|EnclosingOperation)$)/i.test(name);
}

/** Every operator and every key must hold; of the values of one key, one is enough. */
export function conditionsHold(
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>,
  context: Context,
): boolean {
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(
        operator,
        // A value whose variable is not known matches nothing.
        wanted.flatMap((value) => withVariables(value, context) ?? []),
        valuesOf(context, key),
      ),
    ),
  );
}

function holds(name: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const { quantifier, base, ifExists } = parseOperator(name);
  if (base === "Null") return wanted.some((value) => (value.toLowerCase() === "true") === (given === undefined));
  const operator = comparisons[base];
  if (!operator) throw new Error(`Condition operator ${name} is not known; parse-policy.ts refuses it.`);
  if (given === undefined) {
    if (ifExists || quantifier === "ForAllValues") return true;
    return quantifier === undefined && operator.negated;
  }
  const matches = (value: string): boolean => wanted.some((one) => operator.compare(one, value)) !== operator.negated;
  const forAll = quantifier === "ForAllValues" || (quantifier === undefined && operator.negated);
  return forAll ? given.every(matches) : given.some(matches);
}

function parseOperator(name: string): { quantifier: string | undefined; base: string; ifExists: boolean } {
  const [, quantifier, base = name, suffix] = name.match(/^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/) ?? [];
  return { quantifier, base, ifExists: suffix !== undefined };
}

/** ISO 8601, or seconds since the epoch. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}
