import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import type { StageConfig } from "./stage-file/schema.ts";
import { keepState } from "./state-backend.ts";
import { literals } from "./terraform-text.ts";

/** On everything of a stack, so that costs can be told apart. */
export const STACK_TAG = "Stack";

/** Scopes right below the stack that only group others: no part of a Terraform address. */
const GROUPS: ReadonlySet<string | undefined> = new Set(["functions", "integrations", "routes", "tables"]);

export type StackConfig = Pick<StageConfig, "aws" | "tags" | "state">;

/** What our stacks have in common: provider, state, and Terraform addresses that people can read. */
export abstract class StageStack extends TerraformStack {
  constructor(scope: Construct, id: string, { aws, tags, state }: StackConfig) {
    super(scope, id);
    keepState(this, state);
    new AwsProvider(this, "aws", {
      region: aws.region,
      ...(aws.accountId === undefined ? {} : { allowedAccountIds: [aws.accountId] }),
      defaultTags: [{ tags: { ...literals(tags), [STACK_TAG]: id } }],
    });
  }

  /**
   * The path below the stack, joined by `_`: `aws_lambda_alias.message_live`. Without cdktf's hash this is unambiguous only
   * because no id has an underscore (the names of functions may not, `routeId` makes none).
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : (element as Node);
    const path = node.scopes.slice(node.scopes.indexOf(this) + 1).map((scope) => scope.node.id);
    const own = path.length > 1 && GROUPS.has(path[0]) ? path.slice(1) : path;
    return (own.at(-1) === "Resource" ? own.slice(0, -1) : own).join("_");
  }
}
