// The one place that reads the environment. What Terraform has to provide and did not is reported all at once, when the function starts.
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";

export interface Config {
  readonly connectionsTable: string;
  readonly membershipsTable: string;
  readonly messagesTable: string;
  readonly membershipShards: number;
  readonly postConcurrency: number;
  readonly messageRetentionDays: number;
  readonly connectionTtlSeconds: number;
  /** `DEFAULT_DIALECT`: what a connection speaks that has not shown it yet. */
  readonly defaultDialect: DialectName | undefined;
  /** `USER_ID_MISSING_STATUS`: the handshake status for a client that names no user. */
  readonly userIdMissingStatus: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(environment: Environment): Config {
  const reader = new Reader(environment);
  const config: Config = {
    connectionsTable: reader.text("CONNECTIONS_TABLE"),
    membershipsTable: reader.text("MEMBERSHIPS_TABLE"),
    messagesTable: reader.text("MESSAGES_TABLE"),
    membershipShards: reader.count("MEMBERSHIP_SHARDS"),
    postConcurrency: reader.count("POST_CONCURRENCY"),
    messageRetentionDays: reader.count("MESSAGE_RETENTION_DAYS"),
    connectionTtlSeconds: reader.count("CONNECTION_TTL_SECONDS"),
    defaultDialect: reader.optional("DEFAULT_DIALECT", `one of ${DIALECT_NAMES.join(", ")}`, (value) =>
      DIALECT_NAMES.find((name) => name === value),
    ),
    userIdMissingStatus: reader.optional("USER_ID_MISSING_STATUS", "a status from 400 to 499", (value) =>
      /^4\d\d$/.test(value) ? Number(value) : undefined,
    ),
  };
  if (reader.problems.length > 0) {
    throw new Error(`The function's environment is not right: ${reader.problems.join("; ")}.`);
  }
  return config;
}

class Reader {
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

  #refuse(name: string, value: string | undefined, right: string): void {
    this.problems.push(`${name} is ${JSON.stringify(value)}; it must be ${right}`);
  }
}
