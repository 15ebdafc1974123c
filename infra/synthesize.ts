// Stage files and built bundles in, Terraform out: <outdir>/stacks/<stack>/cdk.tf.json and the zips beside it. No network, no
// credentials, no child processes, and the same bytes each time.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { App } from "cdktf";
import { AccountStack } from "./account-stack.ts";
import { assetPath } from "./asset-path.ts";
import { type Bundle, readBundles } from "./bundle.ts";
import { loadStages } from "./load-stages.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { SynthError } from "./synth-error.ts";
import { WebSocketApiStack } from "./websocket-api-stack.ts";

export interface SynthesizeOptions {
  readonly stageFiles: readonly string[];
  readonly outdir: string;
  /** Built bundles: `<distDir>/<bundle>/index.mjs`. */
  readonly distDir: string;
  /** For permissions.json; the project's functions/ unless given. */
  readonly functionsDir?: string;
  /** Also the account's stack, which no stage contains. */
  readonly withAccount?: boolean;
}

export interface SynthesizedStack {
  readonly name: string;
  /** undefined: the account's stack. */
  readonly stage: StageConfig | undefined;
  /** Of cdk.tf.json and assets/; where terraform runs. */
  readonly directory: string;
  readonly file: string;
}

const FUNCTIONS = fileURLToPath(new URL("../functions", import.meta.url));

/** Throws a StageFileError or a SynthError, with everything that is wrong, before it writes anything. */
export function synthesize(options: SynthesizeOptions): SynthesizedStack[] {
  const stages = loadStages(options.stageFiles);
  const bundles = readBundles(stages.flatMap(bundleNames), { functionsDir: FUNCTIONS, ...options });
  const account = options.withAccount === true ? accountOf(stages) : undefined;
  refuseSameNames([...stages.map(stackName), ...(account === undefined ? [] : [ACCOUNT_STACK])]);

  mkdirSync(options.outdir, { recursive: true });
  // Stack traces in the output would name folders of this machine.
  const app = new App({ outdir: options.outdir, stackTraces: false });
  for (const stage of stages) new WebSocketApiStack(app, stackName(stage), stage, bundles);
  if (account !== undefined) new AccountStack(app, ACCOUNT_STACK, account);
  app.synth();

  const written = stages.map((stage) => describe(options.outdir, stackName(stage), stage));
  for (const stack of written) writeAssets(stack, bundles);
  return account === undefined ? written : [...written, describe(options.outdir, ACCOUNT_STACK, undefined)];
}

const ACCOUNT_STACK = "websocket-api-account";

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

/** The setting is one of an account and a Region: stages that are not in the same cannot share the stack. */
function accountOf(stages: readonly StageConfig[]): StageConfig {
  const [first, ...others] = stages;
  if (first === undefined)
    throw new SynthError("the account's stack takes its account and Region from a stage, and there is none");
  const place = ({ aws }: StageConfig) => `${aws.accountId ?? "the caller's account"} in ${aws.region}`;
  const elsewhere = others.find((stage) => place(stage) !== place(first));
  if (elsewhere === undefined) return { ...first, tags: {} };
  const places = `${first.stage} is in ${place(first)}, ${elsewhere.stage} in ${place(elsewhere)}`;
  throw new SynthError(`the account's stack belongs to one account and Region, but ${places}; choose one with --stage`);
}

function describe(outdir: string, name: string, stage: StageConfig | undefined): SynthesizedStack {
  const directory = path.join(outdir, "stacks", name);
  return { name, stage, directory, file: path.join(directory, "cdk.tf.json") };
}

function writeAssets({ directory, stage }: SynthesizedStack, bundles: ReadonlyMap<string, Bundle>): void {
  rmSync(path.join(directory, "assets"), { recursive: true, force: true });
  mkdirSync(path.join(directory, "assets"));
  for (const name of stage === undefined ? [] : new Set(bundleNames(stage))) {
    const bundle = bundles.get(name);
    if (bundle !== undefined) writeFileSync(path.join(directory, assetPath(name)), bundle.zip);
  }
}
