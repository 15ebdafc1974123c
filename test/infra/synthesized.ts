import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type SynthesizedStack, synthesize } from "#infra/synthesize.ts";
import { StageFolder } from "../stages/stage-folder.ts";

const FUNCTIONS = fileURLToPath(new URL("../../functions", import.meta.url));
const ROOT = mkdtempSync(path.join(tmpdir(), "websocket-api-"));
process.once("exit", () => rmSync(ROOT, { recursive: true, force: true }));

export type Resources = Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;

/** A cdk.tf.json, as far as tests look at it. */
export interface TerraformFile {
  readonly resource: Resources;
  readonly output: Readonly<Record<string, { readonly value: string }>>;
  readonly provider: { readonly aws: readonly Record<string, unknown>[] };
  readonly terraform: Record<string, unknown>;
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(ROOT, "synth-"));
}

/** Built functions and their permissions, and a built page, as small as they can be. */
export class Bundles {
  readonly distDir = temporaryFolder();
  readonly functionsDir = temporaryFolder();
  readonly webDir = temporaryFolder();

  constructor(names: readonly string[] = ["connect", "disconnect", "message"]) {
    for (const name of names) {
      this.build(name, "export const handler = async () => ({ statusCode: 200 });\n");
      this.permit(name, {});
    }
    writeFileSync(path.join(this.webDir, "index.html"), "<!doctype html>\n<title>Chat</title>\n");
  }

  /** Of all functions of the project, with the permissions they have, for the project's own stages. */
  static ofProject(): Bundles {
    const names = readdirSync(FUNCTIONS).filter((name) => existsSync(path.join(FUNCTIONS, name, "permissions.json")));
    const bundles = new Bundles(names);
    for (const name of names)
      bundles.permit(name, readFileSync(path.join(FUNCTIONS, name, "permissions.json"), "utf8"));
    return bundles;
  }

  build(name: string, code: string, file = "index.mjs"): void {
    mkdirSync(path.dirname(path.join(this.distDir, name, file)), { recursive: true });
    writeFileSync(path.join(this.distDir, name, file), code);
  }

  permit(name: string, permissions: unknown): void {
    mkdirSync(path.join(this.functionsDir, name), { recursive: true });
    const text = typeof permissions === "string" ? permissions : JSON.stringify(permissions);
    writeFileSync(path.join(this.functionsDir, name, "permissions.json"), text);
  }
}

/** test/fixtures/stages/base.json with these changes, synthesized. */
export function synthesized(change: object = {}, bundles = new Bundles()): TerraformFile {
  const [stack] = synthesize({ stageFiles: [new StageFolder().stage(change)], outdir: temporaryFolder(), ...bundles });
  return readStack(stack as SynthesizedStack);
}

export function readStack({ file }: SynthesizedStack): TerraformFile {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** The arguments of one resource, such as `aws_lambda_function.message`. */
export function resource({ resource: types }: TerraformFile, address: string): Record<string, unknown> {
  const [type = "", name = ""] = address.split(".");
  const { "//": _, ...args } = types[type]?.[name] ?? {};
  return args;
}
