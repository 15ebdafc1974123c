import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { Construct } from "constructs";
import { exempt } from "./checks/exempt.ts";
import { policyDocument } from "./policy-document.ts";
import { type StackConfig, StageStack } from "./stage-stack.ts";

/**
 * Lets API Gateway write logs. AWS has one such setting for each account and Region, shared by every API there, and refuses
 * stages with logs without it (aws facts §8.1). So it is not part of any stage, and whoever has it already leaves this out.
 */
export class AccountStack extends StageStack {
  constructor(scope: Construct, id: string, config: StackConfig) {
    super(scope, id, config);
    const role = this.#createRole(config.aws.region);
    const writes = this.#letWriteLogs(role);
    this.#setAccount(role, writes);
  }

  #createRole(region: string): IamRole {
    return new IamRole(this, "logs", {
      name: `api-gateway-logs-${region}`,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]),
    });
  }

  #letWriteLogs(role: IamRole): IamRolePolicyAttachment {
    const { partition } = new DataAwsPartition(this, "partition");
    const attachment = new IamRolePolicyAttachment(this, "write-logs", {
      role: role.name,
      policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    });
    exempt(attachment, {
      "role-own-policies": "API Gateway's own policy for this one purpose; AWS asks for it by name.",
    });
    return attachment;
  }

  #setAccount(role: IamRole, writes: IamRolePolicyAttachment): void {
    new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: role.arn,
      dependsOn: [writes],
      // Without it every API of the account in this Region would lose its logs.
      lifecycle: { preventDestroy: true },
    });
  }
}
