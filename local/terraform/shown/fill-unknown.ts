// The body of a planned resource: what is known as literal text, and what only AWS will know as a reference to where it comes
// from, so that it resolves like a reference that somebody wrote.
import type { Expression } from "../expression/syntax.ts";
import { isObject, type Json } from "../read-json.ts";
import { stableId } from "../stable-id.ts";
import { type Configuration, isExpression, referencesIn } from "./configuration.ts";
import { expectedReference } from "./expected-references.ts";
import type { Instance } from "./instances.ts";
import { literal, reference } from "./literal.ts";
import type { ModuleScopes } from "./module-scope.ts";
import type { References, Target } from "./references.ts";
import { Unknown } from "./unknown.ts";
import { type Written, writtenBody } from "./written-blocks.ts";

export interface Planned {
  readonly instance: Instance;
  /** `after_unknown` of the resource's change: true wherever a value is not known. */
  readonly unknown: unknown;
}

/** Of a block: what is known of it, what is not, and its expressions as the plan and as the `.tf` files have them. */
interface Part {
  readonly value: unknown;
  readonly unknown: unknown;
  readonly expression: unknown;
  readonly source: Written | undefined;
}

/** A plan's configuration says nothing of what is in a `dynamic` block. */
const inDynamicBlock = Symbol("in a dynamic block");

/** Unknown as a whole as soon as one value in it is, so no one reference is all of it. */
const maps: ReadonlySet<string> = new Set(["environment.variables", "stage_variables"]);

/** Not known only where it was set to nothing: what somebody sets is a constant. */
const computedUnlessSet: ReadonlySet<string> = new Set([
  "aws_apigatewayv2_integration.timeout_milliseconds",
  "aws_apigatewayv2_stage.default_route_settings.logging_level",
  "aws_apigatewayv2_stage.route_settings.logging_level",
]);

export class UnknownFiller {
  readonly #configuration: Configuration;
  readonly #references: References;
  readonly #scopes: ModuleScopes;
  /** Policies whose text had to be guessed; more may come while blocks are resolved. */
  readonly notices: string[] = [];

  constructor(configuration: Configuration, references: References, scopes: ModuleScopes) {
    this.#configuration = configuration;
    this.#references = references;
    this.#scopes = scopes;
  }

  body({ instance, unknown }: Planned): Json {
    const expression = this.#configuration.resource(instance).expressions ?? {};
    const source = writtenBody(this.#scopes.resource(instance));
    const body = this.#fill(instance, "", { value: instance.values, unknown, expression, source });
    return isObject(body) ? body : {};
  }

  #fill(instance: Instance, path: string, { value, unknown, expression, source }: Part): unknown {
    if (unknown === true) return this.#unknown(instance, path, expression);
    if (Array.isArray(value) || Array.isArray(unknown)) {
      const [values, unknowns] = [asList(value), asList(unknown)];
      return Array.from({ length: Math.max(values.length, unknowns.length) }, (_, at) => at).flatMap((at) => {
        const inner = Array.isArray(expression) ? expression[at] : expression;
        const part = { value: values[at], unknown: unknowns[at], expression: inner, source: source?.item(at) };
        const item = this.#fill(instance, path, part);
        // One reference can stand for several items.
        return unknowns[at] === true && Array.isArray(item) ? item : item === undefined ? [] : [item];
      });
    }
    if (!isObject(value) && !isObject(unknown)) return literal(value);
    const [values, unknowns] = [asObject(value), asObject(unknown)];
    const { body } = source ?? {};
    const entries = [...new Set([...Object.keys(values), ...Object.keys(unknowns)])].map((name) => {
      const below = path === "" ? name : `${path}.${name}`;
      const part = {
        value: values[name],
        unknown: unknowns[name],
        expression: expressionOf(expression, name, values[name]),
        source: source?.blocks(name),
      };
      const written = holdsTrue(part.unknown) ? body?.attributes.get(name) : undefined;
      const filled = (): unknown => this.#fill(instance, below, part);
      const scoped = (): unknown => this.#scopes.scoped(instance, written as Expression, filled, source?.iterators);
      return [name, written ? scoped() : filled()];
    });
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
  }

  /** undefined: nothing is configured, the provider computes it. */
  #unknown(instance: Instance, path: string, expression: unknown): unknown {
    if (expression === inDynamicBlock) return this.#dynamic(instance, path);
    const references = referencesIn(expression);
    if (references.length === 0 || computedUnlessSet.has(`${instance.type}.${path}`)) return undefined;
    const written = this.#references.written(expression, instance);
    if (written !== undefined) return written;
    // A name with something random in it.
    if (path === "name" || path === "function_name") {
      const ownName = !expectedReference(instance.type, path);
      if (ownName) return `${instance.name}-${stableId(instance.address, 6)}`;
    }
    const targets = this.#references.targets(references, instance);
    const expected = expectedReference(instance.type, path);
    if (expected) {
      const fitting = byInstance(targets.filter((one) => expected.types.includes(one.instance.type)));
      const [only] = fitting;
      if (only && fitting.length === 1)
        return `${expected.prefix ?? ""}\${${reference(only.instance, expected.attribute)}}${expected.suffix ?? ""}`;
      return notTold(references, targets);
    }
    if (path === "policy") return this.#policy(instance, targets);
    if (instance.type === "aws_iam_policy_document" && /resources$/.test(path)) return arns(targets).map(template);
    const [only] = targets;
    if (only?.attribute !== undefined && targets.length === 1 && !maps.has(path))
      return template(reference(only.instance, only.attribute));
    return notTold(references, targets);
  }

  #dynamic(instance: Instance, path: string): unknown {
    if (computedUnlessSet.has(`${instance.type}.${path}`)) return undefined;
    if (instance.type !== "aws_iam_policy_document")
      return new Unknown(
        `the plan does not know it before apply, and says nothing of what is in a dynamic block; ${remedy}`,
      );
    this.notices.push(
      `${instance.address} (the plan does not have its dynamic blocks: they allow what they allow on everything)`,
    );
    return ["*"];
  }

  /** A policy document's, or one that lets everything be done with what it refers to. */
  #policy(instance: Instance, targets: readonly Target[]): string {
    const documents = targets.filter((one) => one.instance.type === "aws_iam_policy_document");
    const [document] = documents;
    if (document && documents.length === 1) return template(reference(document.instance, "json"));
    const named = [...new Set(targets.map((one) => one.instance.address))].join(", ") || "everything";
    this.notices.push(
      `${instance.address} (the plan does not have its text yet: it allows every action on ${named}; an aws_iam_policy_document would be kept to)`,
    );
    const resources = targets.length === 0 ? ['"*"'] : arns(targets);
    const statement = `{ Effect = "Allow", Action = "*", Resource = [${resources.join(", ")}] }`;
    return template(`jsonencode({ Version = "2012-10-17", Statement = [${statement}] })`);
  }
}

/** The ARN and whatever is under it: the plan does not say what is written behind a reference. */
function arns(targets: readonly Target[]): string[] {
  return targets.flatMap(({ instance, attribute }) => {
    const arn = reference(instance, attribute !== undefined && /arn$/.test(attribute) ? attribute : "arn");
    return [arn, `"\${${arn}}/*"`];
  });
}

function expressionOf(expression: unknown, name: string, value: unknown): unknown {
  if (!isObject(expression) || isExpression(expression)) return expression;
  const isBlock = Array.isArray(value) && value.some(isObject);
  return expression[name] ?? (isBlock ? inDynamicBlock : undefined);
}

function template(expression: string): string {
  return `\${${expression}}`;
}

const remedy =
  "keep the plan beside the *.tf files it was made of, or serve the state of the applied stack (terraform show -json > state.json) or Terraform JSON instead";

function notTold(references: readonly string[], targets: readonly Target[]): Unknown {
  const found = targets.map(({ instance, attribute }) =>
    [instance.address, ...(attribute ? [attribute] : [])].join("."),
  );
  const parts = (found.length > 0 ? found : references).join(", ");
  return new Unknown(`the plan does not know it before apply, and does not say how it is made of ${parts}; ${remedy}`);
}

function byInstance(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((one) => [one.instance.address, one])).values()];
}

function holdsTrue(unknown: unknown): boolean {
  if (typeof unknown !== "object" || unknown === null) return unknown === true;
  return Object.values(unknown).some(holdsTrue);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}
