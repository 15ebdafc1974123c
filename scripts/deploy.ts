// Deploys a stage: build → synth → plan → ask → apply → smoke test. Run by deploy.sh and deploy.ps1, which do nothing else.
import path from "node:path";
import { type parseArgs, styleText } from "node:util";
import { checkStack, formatFinding } from "#infra/checks/check-stack.ts";
import { readStackFile } from "#infra/checks/stack-file.ts";
import { parseOptions, UsageError } from "#infra/command-line.ts";
import { exampleValues } from "#infra/stage-file/example-values.ts";
import { stageFile } from "#infra/stage-file/find-stages.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { SynthError } from "#infra/synth-error.ts";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { ask } from "./deploy/ask.ts";
import { build } from "./deploy/build.ts";
import { interruption, stopIfInterrupted } from "./deploy/interruption.ts";
import { apply, forgetPlan, init, plan } from "./deploy/plan.ts";
import { formatSummary, type PlanSummary } from "./deploy/plan-summary.ts";
import { again, run, step } from "./deploy/run.ts";
import { Declined, NOTHING_CHANGED, StepError } from "./deploy/step-error.ts";
import { findTool, Terraform, type Tool } from "./deploy/terraform.ts";
import { root } from "./root.ts";
import { smokeTest } from "./smoke-test.ts";

const USAGE = `Usage: scripts/deploy.sh <stage> [option …]      (PowerShell: scripts/deploy.ps1 <stage> [option …])

Builds, synthesizes, plans, asks, applies and tries out a stage of stages/; running it again changes nothing.

  --yes              do not ask; refuses a plan that loses tables, logs, keys or names
  --accept-loss      with --yes: applies such a plan as well
  --plan             stop after the plan
  --with-account     first the log role of API Gateway, once for each account and Region
  --with-bootstrap   first the bucket of the state that the stage file names, once
  --no-smoke         do not try out the deployed address
  --outdir <folder>  where to synthesize (default: cdktf.out)
  --help             this text

<stage> may also be the path of a stage file. TERRAFORM names the program if it is neither terraform nor tofu.
Ctrl-C: Terraform ends what it has begun, nothing else begins, and what was changed is said.
Exit status: 0 deployed, 1 a step failed or was interrupted, 2 the command is wrong, 3 someone said no, also by Ctrl-C before apply.`;

const OPTIONS = {
  yes: { type: "boolean", default: false },
  "accept-loss": { type: "boolean", default: false },
  plan: { type: "boolean", default: false },
  "with-account": { type: "boolean", default: false },
  "with-bootstrap": { type: "boolean", default: false },
  "no-smoke": { type: "boolean", default: false },
  outdir: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

async function deploy(args: string[]): Promise<void> {
  const { values, positionals } = parseOptions({ args, allowPositionals: true, options: OPTIONS });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [stage, ...others] = positionals;
  if (stage === undefined || others.length > 0) throw new UsageError("one stage is needed, such as: dev");
  const tool = await findTool();
  step("tools", `Node.js ${process.versions.node}, ${tool.command} ${tool.version}`);
  const file = stageFile(stage, path.join(root, "stages"));
  refuseExamples(stage, loadStage(file));
  await build(root, "deploy");
  // The bucket first, then what every stage needs.
  const stacks = synthesizeStage(file, values).reverse();
  const done: string[] = [];
  for (const stack of stacks) {
    await deployStack(tool, stack, values).catch((error: unknown) => {
      throw error instanceof StepError && done.length > 0 ? afterOthers(error, done, stack) : error;
    });
    done.push(stack.name);
  }
}

/** What has been deployed before is said as well. */
function afterOthers(error: StepError, done: readonly string[], { name }: SynthesizedStack): StepError {
  const changed = `${done.join(" and ")}: as it should be. ${name}: ${error.changed}`;
  if (error instanceof Declined) return new Declined(error.message, changed);
  return new StepError(error.message, { changed, next: error.next });
}

function refuseExamples(stage: string, config: StageConfig): void {
  const examples = exampleValues(config);
  if (examples.length === 0) return;
  throw new StepError(`${stage} still has example values: ${examples.join(", ")}.`, {
    changed: NOTHING_CHANGED,
    next: "Put your own into the stage file and run this again.",
  });
}

function synthesizeStage(file: string, options: Options): SynthesizedStack[] {
  const stacks = synthesize({
    stageFiles: [file],
    outdir: path.resolve(options.outdir ?? path.join(root, "cdktf.out")),
    distDir: path.join(root, "dist", "functions"),
    withAccount: options["with-account"],
    withBootstrap: options["with-bootstrap"],
  });
  const findings = stacks.flatMap(({ file }) => checkStack(readStackFile(file))).map(formatFinding);
  if (findings.length > 0) throw new SynthError(findings.join("\n"));
  step("synth", stacks.map(({ name }) => name).join(", "));
  return stacks;
}

async function deployStack(tool: Tool, stack: SynthesizedStack, options: Options): Promise<void> {
  const terraform = new Terraform(tool, stack.directory);
  try {
    await init(terraform, again("deploy"));
    const summary = await plan(terraform, again("deploy"));
    step("plan", `${stack.name}: ${summary === undefined ? "nothing to change" : formatSummary(summary)}`);
    if (options.plan) return;
    if (summary !== undefined) {
      await confirm(stack, summary, options);
      await apply(terraform, again("deploy"));
    }
  } finally {
    forgetPlan(stack);
  }
  await tryOut(await printOutputs(terraform, stack), stack, options);
}

async function confirm({ name }: SynthesizedStack, { lost }: PlanSummary, options: Options): Promise<void> {
  if (!options.yes)
    return ask(`Apply this plan to ${name}?`, lost.length > 0 ? name : "yes", "Give --yes to go on without.");
  if (lost.length === 0 || options["accept-loss"]) return;
  throw new StepError(`The plan would lose what ${lost.join(", ")} keep.`, {
    changed: NOTHING_CHANGED,
    next: "If that is meant: give --accept-loss as well, or run this on a terminal without --yes.",
  });
}

/** The stack is as it should be by now. */
async function printOutputs(terraform: Terraform, { name }: SynthesizedStack): Promise<ReadonlyMap<string, string>> {
  const done = { changed: `Everything in ${name} was deployed.`, next: `To do the rest: ${again("deploy")}` };
  await stopIfInterrupted(done);
  const { status, stdout, output } = await terraform.quietly("output", "-json");
  await stopIfInterrupted(done);
  if (status !== 0) throw new StepError(`${output}\n${terraform.shown("output")} failed.`, done);
  const outputs = Object.entries<{ value: unknown }>(JSON.parse(stdout));
  for (const [name, { value }] of outputs) console.log(`  ${name.padEnd(18)}${styleText("cyan", String(value))}`);
  return new Map(outputs.map(([name, { value }]) => [name, String(value)]));
}

async function tryOut(
  outputs: ReadonlyMap<string, string>,
  { name }: SynthesizedStack,
  options: Options,
): Promise<void> {
  const url = outputs.get("webSocketUrl");
  if (url === undefined || options["no-smoke"]) return;
  try {
    const { connectMs, pingMs } = await smokeTest(url, { signal: interruption });
    step("smoke", `connected in ${connectMs} ms, answered in ${pingMs} ms`);
  } catch (error) {
    const changed = `Everything in ${name} was deployed, and serves.`;
    await stopIfInterrupted({ changed, next: `To try it out: ${again("deploy")}` });
    throw new StepError(`The smoke test of ${url} failed: ${error instanceof Error ? error.message : error}`, {
      changed,
      next: `Look into its logs, or roll back (docs/operations.md); then: ${again("deploy")}`,
    });
  }
}

await run(deploy, USAGE);
