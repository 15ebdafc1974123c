import type { StageConfig } from "./schema.ts";

/** The account that AWS's own documentation uses; it is nobody's. */
const EXAMPLE_ACCOUNT = "111122223333";
/** RFC 2606 keeps these for examples: no mail arrives there. */
const EXAMPLE_NAME = /(^|[@.])example(\.com|\.org|\.net)?$/;

/**
 * Where a stage still has the values it came with, as JSON pointers. It can be synthesized and reviewed like that, so that a fresh
 * clone shows everything; to deploy it, a team puts in its own.
 */
export function exampleValues({ aws, auth, alarms, domain, web }: StageConfig): string[] {
  const found: string[] = [];
  if (aws.accountId === EXAMPLE_ACCOUNT) found.push("/aws/accountId");
  if (auth.issuer !== undefined && EXAMPLE_NAME.test(new URL(auth.issuer).hostname)) found.push("/auth/issuer");
  for (const [at, email] of (alarms?.emails ?? []).entries())
    if (EXAMPLE_NAME.test(email)) found.push(`/alarms/emails/${at}`);
  if (alarms?.topicArn?.includes(EXAMPLE_ACCOUNT)) found.push("/alarms/topicArn");
  if (domain !== undefined && EXAMPLE_NAME.test(domain.name)) found.push("/domain/name");
  if (web?.domain !== undefined && EXAMPLE_NAME.test(web.domain.name)) found.push("/web/domain/name");
  return found;
}
