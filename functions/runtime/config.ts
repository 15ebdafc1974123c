// The one place that reads the environment. What Terraform has to provide and did not is reported all at once, when the function starts.

export interface Config {
  readonly connectionsTable: string;
  readonly membershipsTable: string;
  readonly messagesTable: string;
  readonly membershipShards: number;
  readonly postConcurrency: number;
  readonly messageRetentionDays: number;
  readonly connectionTtlSeconds: number;
}

export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = environment[name];
    if (!value) problems.push(`${name} is not set`);
    return value ?? "";
  };
  const count = (name: string): number => {
    const value = environment[name];
    if (value && /^[1-9]\d{0,8}$/.test(value)) return Number(value);
    problems.push(`${name} is ${JSON.stringify(value)}; it must be a whole number above 0`);
    return 0;
  };
  const config = {
    connectionsTable: text("CONNECTIONS_TABLE"),
    membershipsTable: text("MEMBERSHIPS_TABLE"),
    messagesTable: text("MESSAGES_TABLE"),
    membershipShards: count("MEMBERSHIP_SHARDS"),
    postConcurrency: count("POST_CONCURRENCY"),
    messageRetentionDays: count("MESSAGE_RETENTION_DAYS"),
    connectionTtlSeconds: count("CONNECTION_TTL_SECONDS"),
  };
  if (problems.length > 0) throw new Error(`The function's environment is not complete: ${problems.join("; ")}.`);
  return config;
}
