// The real terraform with the real AWS provider, on a synthesized stack, talking to a simulated AWS and to nothing else.
import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export interface Installed {
  /** A terraform filesystem mirror that has hashicorp/aws. */
  readonly mirror: string;
  readonly providerVersion: string;
}

export interface Outcome {
  readonly status: number;
  /** Of both streams. */
  readonly output: string;
}

const REGISTRY = "registry.terraform.io";

/** What there is on this machine, or the reason why tests with terraform are skipped. */
export function findTerraform(): Installed | string {
  if (spawnSync("terraform", ["version"]).status !== 0) return "terraform is not installed";
  const mirror = mirrors().find((folder) => existsSync(path.join(folder, REGISTRY, "hashicorp", "aws")));
  if (mirror === undefined) return "there is no mirror of the AWS provider (TF_PLUGIN_MIRROR)";
  const [providerVersion] = readdirSync(path.join(mirror, REGISTRY, "hashicorp", "aws")).filter((name) =>
    /^\d/.test(name),
  );
  return providerVersion === undefined ? `the mirror ${mirror} has no version` : { mirror, providerVersion };
}

function mirrors(): string[] {
  const given = process.env.TF_PLUGIN_MIRROR;
  const underOpt = existsSync("/opt") ? readdirSync("/opt").map((name) => path.join("/opt", name)) : [];
  const usual = [path.join(homedir(), ".terraform.d", "plugins"), "/usr/share/terraform/plugins", ...underOpt];
  return given === undefined ? usual : [given];
}

export class Terraform {
  readonly #folder: string;
  readonly #installed: Installed;

  /** Works in `folder`, on a copy of the stack whose provider calls `awsUrl` for every service. */
  constructor(folder: string, installed: Installed, awsUrl: string) {
    this.#folder = folder;
    this.#installed = installed;
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "terraformrc"), fromMirror(installed));
    writeFileSync(path.join(folder, "override.tf.json"), JSON.stringify({ provider: { aws: [simulated(awsUrl)] } }));
  }

  /** Copies a synthesized stack here; again for the next version of the same stack. Its state stays here unless it is to be kept. */
  use(stackFolder: string, { keepBackend = false } = {}): void {
    const assets = path.join(stackFolder, "assets");
    if (existsSync(assets)) cpSync(assets, path.join(this.#folder, "assets"), { recursive: true });
    const stack = JSON.parse(readFileSync(path.join(stackFolder, "cdk.tf.json"), "utf8"));
    const { backend } = stack.terraform;
    stack.terraform = {
      ...(keepBackend ? { backend } : {}),
      required_providers: { aws: { source: "hashicorp/aws", version: this.#installed.providerVersion } },
    };
    // Provider 5 is older than the runtime; delete this when mirrors have version 6.
    if (this.#installed.providerVersion.startsWith("5."))
      for (const fn of Object.values<{ runtime: string }>(stack.resource.aws_lambda_function ?? {}))
        fn.runtime = "nodejs22.x";
    writeFileSync(path.join(this.#folder, "cdk.tf.json"), JSON.stringify(stack, null, 2));
  }

  /** Rejects only if terraform cannot be run, or runs longer than four minutes. */
  run(...args: readonly string[]): Promise<Outcome> {
    const env = {
      ...process.env,
      TF_CLI_CONFIG_FILE: path.join(this.#folder, "terraformrc"),
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
    };
    const options = { cwd: this.#folder, env, timeout: 240_000, maxBuffer: 2 ** 26 };
    return new Promise((resolve, reject) => {
      execFile("terraform", [...args, "-no-color"], options, (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        if (typeof status === "number") resolve({ status, output: stdout + stderr });
        else
          reject(new Error(`terraform ${args.join(" ")} did not end by itself:\n${stdout}${stderr}`, { cause: error }));
      });
    });
  }
}

/** Terraform's own configuration: providers come from the mirror and from nowhere else. */
export function fromMirror({ mirror }: Installed): string {
  return `provider_installation {\n  filesystem_mirror { path = ${JSON.stringify(mirror)} }\n}\n`;
}

const SERVICES = [
  "acm",
  "apigateway",
  "apigatewayv2",
  "budgets",
  "cloudfront",
  "cloudwatch",
  "cognitoidp",
  "dynamodb",
  "iam",
  "kms",
  "lambda",
  "logs",
  "route53",
  "s3",
  "sns",
  "sqs",
  "sts",
];

/** A provider block that calls `url` for every service. */
export function simulated(url: string): object {
  return {
    region: "us-east-1",
    access_key: "test",
    secret_key: "test",
    skip_credentials_validation: true,
    skip_metadata_api_check: true,
    s3_use_path_style: true,
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, url]))],
  };
}
