// npm run synth: stage files → Terraform. Also what the cdktf command runs (cdktf.json); it passes CDKTF_OUTDIR and its context
// in the environment, which cdktf's App reads.
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { checkStack, formatFinding } from "./checks/check-stack.ts";
import { readStackFile } from "./checks/stack-file.ts";
import { endWithReader, parseOptions, red, UsageError } from "./command-line.ts";
import { refuseToOverwrite, replaceByHcl } from "./hcl/write-hcl.ts";
import { displayPath } from "./stage-file/display-path.ts";
import { exampleValues } from "./stage-file/example-values.ts";
import { findStages, stageFile } from "./stage-file/find-stages.ts";
import { StageFileError } from "./stage-file/problem.ts";
import { SynthError } from "./synth-error.ts";
import { type SynthesizedStack, synthesize } from "./synthesize.ts";

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const STAGES = path.join(PROJECT, "stages");

const HELP = `Usage: npm run synth -- [option …]

  --stage <name>        a stage of stages/; may be given several times (default: all of them)
  --stage-file <file>   a stage file anywhere; may be given several times
  --outdir <folder>     where to write (default: $CDKTF_OUTDIR, else cdktf.out)
  --with-account        also websocket-api-account: the log role of API Gateway, one for each account and Region
  --with-bootstrap      also websocket-api-bootstrap: the bucket of the state that the stage files name
  --hcl                 write main.tf instead of cdk.tf.json, to go on with it; needs --outdir
  --help                this text

What is written is then checked against the rules of infra/checks/.

Exit status: 0 all is well, 1 a stage file, a bundle or what was written is wrong, 2 the command is.`;

const OPTIONS = {
  stage: { type: "string", multiple: true },
  "stage-file": { type: "string", multiple: true },
  outdir: { type: "string" },
  "with-account": { type: "boolean", default: false },
  "with-bootstrap": { type: "boolean", default: false },
  hcl: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function main(args: string[]): void {
  const { values } = parseOptions({ args, options: OPTIONS });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.hcl && values.outdir === undefined) throw new UsageError("--hcl needs --outdir: where you go on with it");
  const outdir = path.resolve(values.outdir ?? process.env.CDKTF_OUTDIR ?? path.join(PROJECT, "cdktf.out"));
  refuseToOverwrite(outdir);
  const named = (values.stage ?? []).map((name) => stageFile(name, STAGES));
  const chosen = [...named, ...(values["stage-file"] ?? [])];
  const stacks = synthesize({
    stageFiles: chosen.length > 0 ? chosen : findStages(STAGES),
    outdir,
    distDir: path.join(PROJECT, "dist", "functions"),
    withAccount: values["with-account"],
    withBootstrap: values["with-bootstrap"],
  });
  const findings = stacks.flatMap(findingsOf);
  for (const stack of stacks) console.log(summary(stack, values.hcl ? replaceByHcl(stack) : stack.file));
  if (values.hcl) rmSync(path.join(outdir, "manifest.json"));
  if (findings.length > 0) throw new SynthError(findings.join("\n"));
}

function findingsOf({ name, file }: SynthesizedStack): string[] {
  return checkStack(readStackFile(file)).map((finding) => `${name}: ${formatFinding(finding)}`);
}

function summary({ name, stage }: SynthesizedStack, file: string): string {
  const examples = stage === undefined ? [] : exampleValues(stage);
  const counts =
    stage && `${Object.keys(stage.routes).length} routes, ${Object.keys(stage.functions).length} functions`;
  const notYet =
    examples.length > 0 && styleText("yellow", `not to be deployed yet: ${examples.join(", ")} are examples`);
  return [styleText("bold", name), displayPath(file), counts, notYet].filter(Boolean).join("  ");
}

endWithReader();
try {
  main(process.argv.slice(2));
} catch (error) {
  if (error instanceof StageFileError || error instanceof SynthError) {
    console.error(red(error.message));
    process.exitCode = 1;
  } else if (error instanceof UsageError) {
    console.error(`${red(error.message)}\n\n${HELP}`);
    process.exitCode = 2;
  } else {
    throw error;
  }
}
