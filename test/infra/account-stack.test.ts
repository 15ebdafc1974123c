import { expect } from "chai";
import { SynthError } from "#infra/synth-error.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles, readStack, resource, temporaryFolder } from "./synthesized.ts";

describe("the account's stack", () => {
  const withAccount = (stageFiles: readonly string[]) =>
    synthesize({ stageFiles, outdir: temporaryFolder(), withAccount: true, ...new Bundles() });

  it("lets API Gateway write logs, and is not destroyed by accident", () => {
    const stacks = withAccount([new StageFolder().stage()]);
    expect(stacks.map(({ name }) => name)).to.deep.equal(["websocket-api-dev", "websocket-api-account"]);
    const account = readStack(stacks[1] as SynthesizedStack);
    expect(resource(account, "aws_api_gateway_account.account")).to.deep.equal({
      cloudwatch_role_arn: "${aws_iam_role.logs.arn}",
      depends_on: ["aws_iam_role_policy_attachment.write-logs"],
      lifecycle: { prevent_destroy: true },
    });
    const { name, assume_role_policy } = resource(account, "aws_iam_role.logs");
    expect(name).to.equal("api-gateway-logs-us-east-1");
    expect(JSON.parse(String(assume_role_policy)).Statement[0].Principal).to.deep.equal({
      Service: "apigateway.amazonaws.com",
    });
  });

  it("is no part of a stage, and not there unless asked for", () => {
    const [stack, ...others] = synthesize({
      stageFiles: [new StageFolder().stage()],
      outdir: temporaryFolder(),
      ...new Bundles(),
    });
    expect(others).to.deep.equal([]);
    expect(readStack(stack as SynthesizedStack).resource).not.to.have.property("aws_api_gateway_account");
  });

  it("is refused for stages in different Regions or accounts", () => {
    const folder = new StageFolder();
    const abroad = folder.write("eu.json", { extends: "./base.json", stage: "eu", aws: { region: "eu-west-1" } });
    expect(() => withAccount([folder.stage(), abroad])).to.throw(
      SynthError,
      /eu the caller's account in eu-west-1|eu in/,
    );
  });
});
