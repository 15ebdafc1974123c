// Terraform or OpenTofu, whichever is installed, run in the folder of a synthesized stack.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { interruption, isInterrupted, stopIfInterrupted } from "./interruption.ts";
import { NOTHING_CHANGED, StepError } from "./step-error.ts";

export interface Tool {
  /** As it is called: terraform, tofu, or the path that TERRAFORM names. */
  readonly command: string;
  readonly version: string;
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  /** Of both streams, in the order they came. */
  readonly output: string;
}

/** The first with a lock beside the state in S3. */
const OLDEST = [1, 10] as const;

export async function findTool(): Promise<Tool> {
  const given = process.env.TERRAFORM;
  const commands = given === undefined || given === "" ? ["terraform", "tofu"] : [given];
  const found = commands.flatMap((command) => {
    const version = versionOf(command);
    return version === undefined ? [] : [{ command, version }];
  });
  // also ends those that were asked for their version
  await stopIfInterrupted();
  const [tool] = found;
  const next = `Install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install), ${OLDEST.join(".")} or newer; TERRAFORM names one that is not on the PATH.`;
  if (tool === undefined)
    throw new StepError(`${commands.join(" and ")} cannot be run.`, { changed: NOTHING_CHANGED, next });
  if (isOld(tool.version))
    throw new StepError(`${tool.command} is version ${tool.version}, which cannot lock the state in S3.`, {
      changed: NOTHING_CHANGED,
      next,
    });
  return tool;
}

function versionOf(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["version", "-json"], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const { terraform_version } = JSON.parse(stdout) as { terraform_version?: string };
  return terraform_version;
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

export class Terraform {
  readonly #tool: Tool;
  readonly #folder: string;

  constructor(tool: Tool, folder: string) {
    this.#tool = tool;
    this.#folder = folder;
  }

  /** As someone would type it, from where they are. */
  shown(...args: readonly string[]): string {
    const folder = path.relative(process.cwd(), this.#folder) || ".";
    return [this.#tool.command, `-chdir=${folder}`, ...args].join(" ");
  }

  /** Lets its output through. */
  show(...args: readonly string[]): Promise<Outcome> {
    return this.#run(args, (text) => process.stdout.write(text));
  }

  /** Keeps its output for whoever asked. */
  quietly(...args: readonly string[]): Promise<Outcome> {
    return this.#run(args, () => {});
  }

  #run(args: readonly string[], print: (text: Buffer) => void): Promise<Outcome> {
    const colour = (process.stdout.isTTY && process.stdout.hasColors()) || args.includes("-json") ? [] : ["-no-color"];
    const env = { ...process.env, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1" };
    const child = spawn(this.#tool.command, [...args, ...colour], { cwd: this.#folder, env, stdio: "pipe" });
    child.stdin.end();
    const out: Buffer[] = [];
    const both: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => {
      out.push(chunk);
      both.push(chunk);
      print(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => {
      both.push(chunk);
      print(chunk);
    });
    interruption.addEventListener("abort", sayWhatIsWaitedFor);
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      // one that is interrupted while it is being made may hear nothing of it, and has begun nothing yet
      void isInterrupted().then((interrupted) => interrupted && child.kill("SIGINT"));
      child.once("close", (code) => {
        interruption.removeEventListener("abort", sayWhatIsWaitedFor);
        const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
        resolve({ status: code ?? 1, stdout: text(out), output: text(both) });
      });
    });
  }
}

function sayWhatIsWaitedFor(): void {
  console.error("Interrupted: waiting for what has begun to end.");
}
