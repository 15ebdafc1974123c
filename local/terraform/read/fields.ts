// Typed access to what a block says. A value of the wrong type or without a resolution becomes a problem, and reads as absent.
import { Unresolvable } from "../unresolvable.ts";

export class Problems {
  readonly #texts = new Set<string>();

  add(...texts: readonly string[]): void {
    for (const text of texts) this.#texts.add(text);
  }

  get all(): readonly string[] {
    return [...this.#texts];
  }
}

export class Fields {
  /** Terraform address, with the name of a nested block: `aws_apigatewayv2_stage.dev: access_log_settings`. */
  readonly place: string;
  readonly #problems: Problems;
  readonly #get: (name: string) => unknown;
  /** Names whose problem is reported already. */
  readonly #unreadable = new Set<string>();

  constructor(place: string, problems: Problems, get: (name: string) => unknown) {
    this.place = place;
    this.#problems = problems;
    this.#get = get;
  }

  problem(text: string): void {
    this.#problems.add(`${this.place}: ${text}`);
  }

  value(name: string): unknown {
    try {
      return this.#get(name) ?? undefined;
    } catch (error) {
      if (!(error instanceof Unresolvable)) throw error;
      this.#problems.add(...error.problems);
      this.#unreadable.add(name);
      return undefined;
    }
  }

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (typeof value === "string" || value === undefined) return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return this.#mistyped(name, value, "a text");
  }

  /** As text, for what a block cannot be without. */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined && !this.#unreadable.has(name)) this.problem(`${name} is missing`);
    return text ?? "";
  }

  /** As text, for what the stack can be served without: a value that cannot be known is no problem. */
  known(name: string): string | undefined {
    try {
      const value = this.#get(name) ?? undefined;
      return value === undefined ? undefined : String(value);
    } catch (error) {
      if (error instanceof Unresolvable) return undefined;
      throw error;
    }
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === "number") return value;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    return Number.isNaN(number) ? this.#mistyped(name, value, "a number") : number;
  }

  flag(name: string): boolean {
    const value = this.value(name) ?? false;
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    return this.#mistyped(name, value, "true or false") ?? false;
  }

  texts(name: string): string[] {
    const value = this.value(name) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.map(String);
    return this.#mistyped(name, value, "a list of texts") ?? [];
  }

  /** Name → text. */
  map(name: string): Record<string, string> {
    const value = this.value(name) ?? {};
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, String(inner)]));
    return this.#mistyped(name, value, "a map") ?? {};
  }

  /** Nested blocks: `{...}` and `[{...}]` mean the same. */
  blocks(name: string): Fields[] {
    const value = this.value(name) ?? [];
    const list = Array.isArray(value) ? value : [value];
    return list.flatMap((inner) => {
      if (isObject(inner)) return [new Fields(`${this.place}: ${name}`, this.#problems, (key) => inner[key])];
      this.#mistyped(name, inner, "a block");
      return [];
    });
  }

  block(name: string): Fields | undefined {
    return this.blocks(name)[0];
  }

  #mistyped(name: string, value: unknown, expected: string): undefined {
    this.#unreadable.add(name);
    this.problem(`${name} is ${JSON.stringify(value)}; expected is ${expected}`);
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
