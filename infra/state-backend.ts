import { LocalBackend, S3Backend, type TerraformStack } from "cdktf";
import type { StageConfig } from "./stage-file/schema.ts";

/** Where Terraform keeps the stack's state: in the team's bucket, or in a file beside the output directory, which may be deleted. */
export function keepState(stack: TerraformStack, state: StageConfig["state"]): void {
  const name = stack.node.id;
  if (state === undefined) {
    // Relative to the stack's folder, <outdir>/stacks/<name>: cdktf's default would be an absolute path of this machine.
    new LocalBackend(stack, { path: `../../../terraform.${name}.tfstate` });
    return;
  }
  new S3Backend(stack, { bucket: state.bucket, region: state.region, key: `${name}.tfstate`, encrypt: true });
  // A lock object beside the state, as of Terraform 1.10; cdktf's typings are older.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
  stack.addOverride("terraform.required_version", ">= 1.10");
}
