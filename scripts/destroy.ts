// Removes a stage: synth → plan → ask for its name → destroy, and says what is left on purpose. Run by destroy.sh and destroy.ps1.
import path from "node:path";
import { parseOptions, UsageError } from "#infra/command-line.ts";
import { stageFile } from "#infra/stage-file/find-stages.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { ask } from "./deploy/ask.ts";
import { build } from "./deploy/build.ts";
import { apply, forgetPlan, init, plan } from "./deploy/plan.ts";
import { formatSummary } from "./deploy/plan-summary.ts";
import { again, run, step } from "./deploy/run.ts";
import { NOTHING_CHANGED, StepError } from "./deploy/step-error.ts";
import { findTool, Terraform } from "./deploy/terraform.ts";
import { root } from "./root.ts";

const USAGE = `Usage: scripts/destroy.sh <stage> [option …]      (PowerShell: scripts/destroy.ps1 <stage> [option …])

Destroys everything of a stage, with all that its tables and logs keep, after its name has been typed.

  --confirm <stage>  the name, for where nobody can type it
  --outdir <folder>  where to synthesize (default: cdktf.out)
  --help             this text

Ctrl-C: Terraform ends what it has begun, nothing else begins, and what was changed is said.
Exit status: 0 destroyed, 1 a step failed or was interrupted, 2 the command is wrong, 3 the name was not typed, or Ctrl-C came before anything went.`;

async function destroy(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: {
      confirm: { type: "string" },
      outdir: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0) throw new UsageError("one stage is needed, such as: dev");
  const tool = await findTool();
  const file = stageFile(name, path.join(root, "stages"));
  const config = loadStage(file);
  refuseProtected(config);
  refuseOtherName(config, values.confirm);
  const stack = await synthesizeStage(file, values.outdir);
  const terraform = new Terraform(tool, stack.directory);
  try {
    await init(terraform, again("destroy"));
    const summary = await plan(terraform, again("destroy"), "-destroy");
    step("plan", `${stack.name}: ${summary === undefined ? "there is nothing to destroy" : formatSummary(summary)}`);
    if (summary === undefined) return;
    if (values.confirm === undefined)
      await ask(
        `Everything that ${config.stage} keeps will be gone.`,
        config.stage,
        `Give --confirm ${config.stage} to go on without.`,
      );
    await apply(terraform, again("destroy"));
  } finally {
    forgetPlan(stack);
  }
  sayWhatIsLeft(config);
}

/** Terraform wants the configuration of what it destroys, so the stage is built and synthesized once more. */
async function synthesizeStage(file: string, outdir: string | undefined): Promise<SynthesizedStack> {
  await build(root, "destroy");
  const [stack] = synthesize({
    stageFiles: [file],
    outdir: path.resolve(outdir ?? path.join(root, "cdktf.out")),
    distDir: path.join(root, "dist", "functions"),
  });
  if (stack === undefined) throw new Error(`${file} gave no stack`);
  return stack;
}

/** AWS would refuse only when half of the stage is gone. */
function refuseProtected({ stage, tables }: StageConfig): void {
  if (!tables.deletionProtection) return;
  throw new StepError(`The tables of ${stage} are protected from deletion.`, {
    changed: NOTHING_CHANGED,
    next: `If they are to go: set "tables": { "deletionProtection": false } in the stage file (and "production": false in a production stage), deploy it, and run this again.`,
  });
}

function refuseOtherName({ stage }: StageConfig, confirmed: string | undefined): void {
  if (confirmed !== undefined && confirmed !== stage)
    throw new UsageError(`--confirm ${confirmed} is not the stage's name, ${stage}`);
}

function sayWhatIsLeft({ stage, customerKey, state }: StageConfig): void {
  const left = [
    "the stack of the account, which other stages need (terraform would refuse to destroy it)",
    state === undefined ? "the file of its state, now empty" : `its state, now empty, in ${state.bucket}`,
    ...(customerKey === undefined
      ? []
      : [`its key, unusable, until AWS deletes it in ${customerKey.deletionDays} days`]),
  ];
  console.log(`${stage} is gone. What is left, and costs nothing:\n${left.map((one) => `  ${one}`).join("\n")}`);
}

await run(destroy, USAGE);
