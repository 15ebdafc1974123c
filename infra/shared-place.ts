// Stacks that several stages share take where they belong from those stages, which therefore have to agree.
import type { BootstrapConfig } from "./bootstrap-stack.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { SynthError } from "./synth-error.ts";

/** The setting is one of an account and a Region: stages that are not in the same cannot share the stack. */
export function accountOf(stages: readonly StageConfig[]): StageConfig {
  const [first, ...others] = stages;
  if (first === undefined)
    throw new SynthError("the account's stack takes its account and Region from a stage, and there is none");
  const elsewhere = others.find((stage) => accountPlace(stage) !== accountPlace(first));
  if (elsewhere === undefined) return { ...first, tags: {} };
  const places = `${first.stage} is in ${accountPlace(first)}, ${elsewhere.stage} in ${accountPlace(elsewhere)}`;
  throw new SynthError(`the account's stack belongs to one account and Region, but ${places}; choose one with --stage`);
}

/** Where the state's bucket is to be made. */
export function stateOf(stages: readonly StageConfig[]): BootstrapConfig {
  const kept = stages.flatMap(({ stage, aws, state }) => (state === undefined ? [] : [{ stage, aws, state }]));
  const [first, ...others] = kept;
  if (first === undefined)
    throw new SynthError(
      'no stage says where its state is kept: write "state": { "bucket": …, "region": … } into a stage file',
    );
  const elsewhere = others.find((one) => bucketPlace(one) !== bucketPlace(first));
  if (elsewhere === undefined) return first;
  const places = `${first.stage} keeps its state in ${bucketPlace(first)}, ${elsewhere.stage} in ${bucketPlace(elsewhere)}`;
  throw new SynthError(`the bootstrap stack makes one bucket, but ${places}; choose one with --stage`);
}

function accountPlace({ aws }: Pick<StageConfig, "aws">): string {
  return `${aws.accountId ?? "the caller's account"} in ${aws.region}`;
}

function bucketPlace({ aws, state }: BootstrapConfig): string {
  return `${state.bucket} (${state.region}, ${aws.accountId ?? "the caller's account"})`;
}
