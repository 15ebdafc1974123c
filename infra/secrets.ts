// A function's variable may say where a secret is kept; then the function may read it. That no other may is a rule of the stage file.
import type { Account } from "./account.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { readSecretReference, type SecretReference } from "./stage-file/secret-reference.ts";

type Service = SecretReference["service"];

const ACTIONS: Readonly<Record<Service, string>> = {
  ssm: "ssm:GetParameter",
  secretsmanager: "secretsmanager:GetSecretValue",
};
const SIDS: Readonly<Record<Service, string>> = { ssm: "ReadParameters", secretsmanager: "ReadSecrets" };

export function grantSecrets(
  grantee: LambdaFunction,
  name: string,
  { functions, aws }: StageConfig,
  account: Account,
): void {
  const references = Object.values(functions[name]?.environment ?? {}).flatMap(
    (text) => readSecretReference(text) ?? [],
  );
  for (const service of ["ssm", "secretsmanager"] as const) {
    const names = references.filter((one) => one.service === service).map((one) => one.name);
    if (names.length === 0) continue;
    const prefix = `arn:${account.partition}:${service}:${aws.region}:${account.id}`;
    // AWS adds a dash and six characters to the name of a secret.
    const arnOf = (name: string) =>
      service === "ssm" ? `${prefix}:parameter${name}` : `${prefix}:secret:${name}-??????`;
    grantee.allow({ Sid: SIDS[service], Action: [ACTIONS[service]], Resource: [...new Set(names)].sort().map(arnOf) });
  }
}
