// What a plan would do, from `terraform show -json`: counts, what changes, and first of all what would be lost.

export interface PlanSummary {
  readonly create: readonly string[];
  readonly update: readonly string[];
  readonly replace: readonly string[];
  readonly remove: readonly string[];
  /** Addresses that are removed or replaced although they keep something: rows, people, logs, keys, names that others know. */
  readonly lost: readonly string[];
}

interface ResourceChange {
  readonly address: string;
  readonly type: string;
  readonly mode: string;
  readonly change: { readonly actions: readonly string[] };
}

const KEEPS_SOMETHING: ReadonlySet<string> = new Set([
  "aws_apigatewayv2_api",
  "aws_apigatewayv2_domain_name",
  "aws_cloudfront_distribution",
  "aws_cloudwatch_log_group",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
  "aws_dynamodb_table",
  "aws_kms_key",
  "aws_s3_bucket",
  "aws_sqs_queue",
]);

export function summarize(plan: unknown): PlanSummary {
  const { resource_changes: all = [] } = plan as { readonly resource_changes?: readonly ResourceChange[] };
  const changes = all.filter(({ mode }) => mode === "managed");
  const withActions = (matches: (actions: readonly string[]) => boolean) =>
    changes.filter(({ change }) => matches(change.actions)).map(({ address }) => address);
  const has = (action: string) => (actions: readonly string[]) => actions.includes(action);
  return {
    create: withActions((actions) => has("create")(actions) && !has("delete")(actions)),
    update: withActions(has("update")),
    replace: withActions((actions) => has("create")(actions) && has("delete")(actions)),
    remove: withActions((actions) => has("delete")(actions) && !has("create")(actions)),
    lost: changes
      .filter(({ type, change }) => KEEPS_SOMETHING.has(type) && has("delete")(change.actions))
      .map(({ address }) => address),
  };
}

export function formatSummary({ create, update, replace, remove, lost }: PlanSummary): string {
  const counts = `${create.length} to create, ${update.length} to update, ${replace.length} to replace, ${remove.length} to delete`;
  const lines = (what: string, addresses: readonly string[]) => addresses.map((at) => `  ${what.padEnd(8)}${at}`);
  return [
    ...(lost.length > 0 ? ["What these keep would be lost:", ...lines("lost", lost)] : []),
    counts,
    ...lines("replace", replace),
    // of a stage that goes as a whole, its types say enough
    ...(create.length + update.length + replace.length === 0 ? byType("delete", remove) : lines("delete", remove)),
    ...lines("update", update),
    ...byType("create", create),
  ].join("\n");
}

/** A first deployment makes a hundred resources: their types say enough. */
function byType(what: string, addresses: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const [type = ""] = address.split(".");
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => `  ${what.padEnd(8)}${count} ${type}`);
}
