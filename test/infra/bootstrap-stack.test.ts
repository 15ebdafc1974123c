import { expect } from "chai";
import { SynthError } from "#infra/synth-error.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";
import { Bundles, readStack, resource, temporaryFolder } from "./synthesized.ts";

describe("the state's stack", () => {
  const withBootstrap = (stageFiles: readonly string[]) =>
    synthesize({ stageFiles, outdir: temporaryFolder(), withBootstrap: true, ...new Bundles() });
  const state = { bucket: "team-state", region: "eu-west-1" };
  const stage = (name: string, change: object) =>
    new StageFolder().write(`${name}.json`, { extends: "./base.json", stage: name, ...change });

  it("makes the bucket that the stages name, in its Region, with a state of its own in a file", () => {
    const stacks = withBootstrap([stage("dev", { state }), stage("test", { state }), stage("local", {})]);
    const bootstrap = readStack(stacks.at(-1) as SynthesizedStack);
    expect(stacks.at(-1)?.name).to.equal("websocket-api-bootstrap");
    expect(resource(bootstrap, "aws_s3_bucket.state")).to.deep.equal({
      bucket: "team-state",
      lifecycle: { prevent_destroy: true },
    });
    expect(bootstrap.provider.aws[0]?.region).to.equal("eu-west-1");
    expect(bootstrap.terraform.backend).to.have.property("local");
    expect(resource(bootstrap, "aws_s3_bucket_versioning.state_versions").versioning_configuration).to.deep.equal({
      status: "Enabled",
    });
  });

  it("is refused when no stage says where its state is kept", () => {
    expect(() => withBootstrap([stage("dev", {})])).to.throw(SynthError, /"state": \{ "bucket"/);
  });

  it("is refused for stages that keep theirs in different places", () => {
    const elsewhere = { ...state, bucket: "other-state" };
    expect(() => withBootstrap([stage("dev", { state }), stage("test", { state: elsewhere })])).to.throw(
      SynthError,
      /dev keeps its state in team-state .+, test in other-state .+ choose one with --stage/,
    );
  });
});
