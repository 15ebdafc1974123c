export interface SecretReference {
  readonly service: "ssm" | "secretsmanager";
  /** A parameter's path with its `/`, or a secret's name without the six characters that AWS adds. */
  readonly name: string;
}

/** `ssm:/path` or `secretsmanager:name`; undefined: the text is neither, whatever it begins with. */
export function readSecretReference(text: string): SecretReference | undefined {
  const [, path, name] = /^(?:ssm:((?:\/[\w.-]+)+)|secretsmanager:([\w/+=.@-]+))$/.exec(text) ?? [];
  if (path !== undefined) return { service: "ssm", name: path };
  return name === undefined ? undefined : { service: "secretsmanager", name };
}
