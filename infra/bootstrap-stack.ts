import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { StageStack } from "./stage-stack.ts";

export interface BootstrapConfig extends Pick<StageConfig, "aws"> {
  readonly state: NonNullable<StageConfig["state"]>;
}

/**
 * The bucket that all other stacks keep their state in. It cannot keep its own there before it exists, so its state is a file; a
 * bucket that is lost from it can be imported again by its name.
 */
export class BootstrapStack extends StageStack {
  constructor(scope: Construct, id: string, { aws, state }: BootstrapConfig) {
    super(scope, id, { aws: { ...aws, region: state.region }, tags: {} });
    const bucket = new PrivateBucket(this, "state", {
      name: state.bucket,
      keepOldDays: 365,
      preventDestroy: true,
    });
    bucket.setPolicy([]);
    new TerraformOutput(this, "stateBucket", { description: "Holds the state.", value: bucket.resource.bucket });
  }
}
