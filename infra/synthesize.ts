// Stage files and built bundles in, Terraform out: <outdir>/stacks/<stack>/cdk.tf.json and the files beside it. No network, no
// credentials, no child processes, and the same bytes each time.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { App, type TerraformStack } from "cdktf";
import { AccountStack } from "./account-stack.ts";
import { BootstrapStack } from "./bootstrap-stack.ts";
import { readBundles } from "./bundle.ts";
import { invocationProblems } from "./invocations.ts";
import { loadStages } from "./load-stages.ts";
import { makeOutdir } from "./make-outdir.ts";
import { accountOf, stateOf } from "./shared-place.ts";
import { displayPath } from "./stage-file/display-path.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { SynthError } from "./synth-error.ts";
import { readWebFiles } from "./web-files.ts";
import { type Built, WebSocketApiStack } from "./websocket-api-stack.ts";
import { writeAssets } from "./write-assets.ts";

export interface SynthesizeOptions {
  readonly stageFiles: readonly string[];
  readonly outdir: string;
  /** Built bundles: `<distDir>/<bundle>/index.mjs`. */
  readonly distDir: string;
  /** For permissions.json; the project's functions/ unless given. */
  readonly functionsDir?: string;
  /** The built page, for stages that have one; `web` beside distDir unless given. */
  readonly webDir?: string;
  /** Also the account's stack, which no stage contains. */
  readonly withAccount?: boolean;
  /** Also the stack of the bucket that the stages keep their state in. */
  readonly withBootstrap?: boolean;
}

export interface SynthesizedStack {
  readonly name: string;
  /** undefined: the stack of the account, or of the state's bucket. */
  readonly stage: StageConfig | undefined;
  /** Of cdk.tf.json and assets/; where terraform runs. */
  readonly directory: string;
  readonly file: string;
  readonly construct: TerraformStack;
}

const FUNCTIONS = fileURLToPath(new URL("../functions", import.meta.url));
const ACCOUNT_STACK = "websocket-api-account";
const BOOTSTRAP_STACK = "websocket-api-bootstrap";

/** Throws a StageFileError or a SynthError, with everything that is wrong, before it writes anything. */
export function synthesize(options: SynthesizeOptions): SynthesizedStack[] {
  const stages = loadStages(options.stageFiles);
  const account = options.withAccount === true ? accountOf(stages) : undefined;
  const bootstrap = options.withBootstrap === true ? stateOf(stages) : undefined;
  const shared = [...(account ? [ACCOUNT_STACK] : []), ...(bootstrap ? [BOOTSTRAP_STACK] : [])];
  refuseSameNames([...stages.map(stackName), ...shared]);
  const built = readBuilt(stages, options);

  makeOutdir(options.outdir);
  // Stack traces in the output would name folders of this machine.
  const app = new App({ outdir: options.outdir, stackTraces: false });
  const stacks = [
    ...stages.map((stage) =>
      describe(options.outdir, new WebSocketApiStack(app, stackName(stage), stage, built), stage),
    ),
    ...(account ? [describe(options.outdir, new AccountStack(app, ACCOUNT_STACK, account))] : []),
    ...(bootstrap ? [describe(options.outdir, new BootstrapStack(app, BOOTSTRAP_STACK, bootstrap))] : []),
  ];
  app.synth();
  for (const { directory, stage } of stacks) if (stage !== undefined) writeAssets(directory, stage, built);
  return stacks;
}

function readBuilt(stages: readonly StageConfig[], options: SynthesizeOptions): Built {
  const bundles = readBundles(stages.flatMap(bundleNames), { functionsDir: FUNCTIONS, ...options });
  const problems = stages.flatMap((stage, at) =>
    invocationProblems(stage, displayPath(options.stageFiles[at] ?? stage.stage), bundles),
  );
  if (problems.length > 0) throw new SynthError(problems.join("\n"));
  const webDir = options.webDir ?? path.join(options.distDir, "..", "web");
  return { bundles, webFiles: stages.some(({ web }) => web !== undefined) ? readWebFiles(webDir) : [] };
}

function stackName({ stage }: StageConfig): string {
  return `websocket-api-${stage}`;
}

function refuseSameNames(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new SynthError(`two stacks would be called ${twice}; synthesize them one at a time`);
}

function bundleNames({ functions }: StageConfig): string[] {
  return Object.entries(functions).map(([name, { bundle }]) => bundle ?? name);
}

function describe(outdir: string, construct: TerraformStack, stage?: StageConfig): SynthesizedStack {
  const name = construct.node.id;
  const directory = path.join(outdir, "stacks", name);
  return { name, stage, directory, file: path.join(directory, "cdk.tf.json"), construct };
}
