// The one place that reads the environment. What Terraform has to provide and did not is reported all at once, when the function starts.
export type Environment = Readonly<Record<string, string | undefined>>;

export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string {
    const value = this.#environment[name];
    if (!value) this.problems.push(`${name} is not set`);
    return value ?? "";
  }

  given(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.#environment[name];
    const found = values.find((known) => known === value);
    if (found === undefined) this.#refuse(name, value, `one of ${values.join(", ")}`);
    return found;
  }

  count(name: string): number {
    const value = this.#environment[name];
    if (value && /^[1-9]\d{0,8}$/.test(value)) return Number(value);
    this.#refuse(name, value, "a whole number above 0");
    return 0;
  }

  optional<T>(name: string, right: string, read: (value: string) => T | undefined): T | undefined {
    const value = this.#environment[name];
    if (!value) return undefined;
    const found = read(value);
    if (found === undefined) this.#refuse(name, value, right);
    return found;
  }

  /** Throws what was wrong, all of it. */
  complain(): void {
    if (this.problems.length > 0) {
      throw new Error(`The function's environment is not right: ${this.problems.join("; ")}.`);
    }
  }

  #refuse(name: string, value: string | undefined, right: string): void {
    this.problems.push(`${name} is ${JSON.stringify(value)}; it must be ${right}`);
  }
}
