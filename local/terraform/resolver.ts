// Gives every attribute of the file its value, when asked and once: evaluates what is written, follows references, and
// computes what only AWS would know. A circle of references is named as such.
import { type Account, partitionOf, unnamedAccountId } from "./account.ts";
import { computedAttributes, isKnown } from "./attributes/computed-attributes.ts";
import { withNestedAttributes } from "./attributes/nested-attributes.ts";
import type { ComputedAttributes } from "./attributes/subject.ts";
import { evaluateExpression, type Scope } from "./expression/evaluate-expression.ts";
import { ExpressionError, NotServedError } from "./expression/expression-error.ts";
import { parseTemplate } from "./expression/parse-template.ts";
import { referenceScope } from "./reference-scope.ts";
import { Scoped } from "./shown/scoped.ts";
import { Unknown } from "./shown/unknown.ts";
import { stableId } from "./stable-id.ts";
import type { Block, Json, TerraformFile } from "./terraform-file.ts";
import { Unresolvable } from "./unresolvable.ts";

export class Resolver {
  readonly file: TerraformFile;
  readonly #values = new Map<string, unknown>();
  /** What is being resolved at the moment, outermost first. */
  readonly #path: string[] = [];
  readonly #scope: Scope;

  constructor(file: TerraformFile) {
    this.file = file;
    this.#scope = referenceScope(file, {
      local: (name) => this.#once(`local.${name}`, () => this.#resolve(file.locals[name], `local.${name}`)),
      attribute: (block, name) => this.attribute(block, name),
      attributeNames: (block) => [...new Set([...Object.keys(this.#computed(block)), ...Object.keys(block.body)])],
      isKnown,
    });
  }

  get account(): Account {
    const aws = this.file.providers.aws ?? [];
    const provider = aws.find((one) => !("alias" in one)) ?? aws[0] ?? {};
    const region = this.#once("provider.aws.region", () =>
      this.#resolve(provider.region ?? "us-east-1", "provider.aws: region"),
    );
    const allowed = this.#once("provider.aws.allowed_account_ids", () =>
      this.#resolve(provider.allowed_account_ids ?? [], "provider.aws: allowed_account_ids"),
    );
    const [accountId = unnamedAccountId] = Array.isArray(allowed) ? allowed : [];
    return { region: String(region), accountId: String(accountId), partition: partitionOf(String(region)) };
  }

  /** An attribute as configured, else as AWS would compute it, else undefined. */
  attribute(block: Block, name: string): unknown {
    return this.#once(`${block.address}.${name}`, () => {
      const configured = block.body[name];
      const absent = configured === undefined || configured === null;
      if (absent) return this.#compute(block, name);
      const value = this.#resolve(configured, `${block.address}: ${name}`);
      return withNestedAttributes(block, name, value, () => this.account);
    });
  }

  output(name: string): unknown {
    const { value } = this.file.outputs[name] as Json;
    return this.#once(`output.${name}`, () => this.#resolve(value, `output.${name}: value`));
  }

  #compute(block: Block, name: string): unknown {
    try {
      return this.#computed(block)[name]?.();
    } catch (error) {
      if (error instanceof Unresolvable) throw error;
      throw new Unresolvable([`${block.address}: ${name}: ${error instanceof Error ? error.message : String(error)}`]);
    }
  }

  #computed(block: Block): ComputedAttributes {
    const { account } = this;
    const attribute = (name: string): unknown => this.attribute(block, name);
    return computedAttributes(block, {
      ...account,
      address: block.address,
      label: block.name,
      attribute,
      text: (name) => String(attribute(name) ?? ""),
      id: (length) => stableId(block.address, length),
      arn: (service, resource) =>
        `arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`,
    });
  }

  /** A value of the file with all templates in it evaluated; collects every problem below it. */
  #resolve(value: unknown, place: string): unknown {
    if (typeof value === "string") return this.#evaluate(value, place);
    if (value instanceof Scoped) return this.#evaluateScoped(value, place);
    if (value instanceof Unknown) throw new Unresolvable([`${place}: ${value.reason}`]);
    if (typeof value !== "object" || value === null) return value;
    const problems: string[] = [];
    let notServed = true;
    const member = (key: string | number, inner: unknown): unknown => {
      try {
        return this.#resolve(inner, typeof key === "number" ? `${place}[${key}]` : `${place}.${key}`);
      } catch (error) {
        if (!(error instanceof Unresolvable)) throw error;
        problems.push(...error.problems);
        notServed &&= error.notServed;
        return undefined;
      }
    };
    const resolved = Array.isArray(value)
      ? value.map((inner, at) => member(at, inner))
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, member(key, inner)]));
    if (problems.length > 0) throw new Unresolvable(problems, notServed);
    return resolved;
  }

  #evaluate(text: string, place: string): unknown {
    if (!text.includes("${") && !text.includes("%{")) return text;
    try {
      return evaluateExpression(parseTemplate(text), this.#scope);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new Unresolvable(
        [`${place}: ${error.message} (in ${JSON.stringify(text)})`],
        error instanceof NotServedError,
      );
    }
  }

  #evaluateScoped(scoped: Scoped, place: string): unknown {
    try {
      return scoped.evaluate(this.#scope);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const otherwise = scoped.otherwise();
      if (otherwise !== undefined && !(otherwise instanceof Unknown)) return this.#resolve(otherwise, place);
      throw new Unresolvable([`${place}: ${error.message}`], error instanceof NotServedError);
    }
  }

  #once(key: string, make: () => unknown): unknown {
    if (this.#values.has(key)) return this.#values.get(key);
    if (this.#path.includes(key)) {
      const circle = [...this.#path.slice(this.#path.indexOf(key)), key].join(" → ");
      throw new Unresolvable([`${key}: refers to itself: ${circle}`]);
    }
    this.#path.push(key);
    try {
      const value = make();
      this.#values.set(key, value);
      return value;
    } finally {
      this.#path.pop();
    }
  }
}
