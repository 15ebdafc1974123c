// CDKTF is archived; cdktn carries it on. The same source, bundled against cdktn, has to synthesize the same Terraform. Asks the npm
// registry for cdktn (about 500 MB), so it runs only
// by `npm run test:cdktn`, or with TEST_CDKTN=1 (docs/adr/0004).
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import { type SynthesizedStack, type SynthesizeOptions, synthesize } from "#infra/synthesize.ts";
import { bundlesWithFanout, stageWithEverySetting } from "./every-setting.ts";
import { temporaryFolder } from "./synthesized.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = ["cdktn@0.24.0", "@cdktn/provider-aws@25.7.0", "constructs@>=10.6.0 <10.8.0"];

/** What may differ: who wrote the file, and which provider its bindings are of. */
const MAY_DIFFER = [
  "//.metadata.version",
  "terraform.required_providers.aws.source",
  "terraform.required_providers.aws.version",
];

function install(folder: string): void {
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }');
  // A shell finds npm on every system; nothing here comes from outside.
  const packages = PACKAGES.map((name) => JSON.stringify(name)).join(" ");
  execFileSync(`npm install --no-audit --no-fund --ignore-scripts ${packages}`, {
    cwd: folder,
    shell: true,
    stdio: "pipe",
  });
}

/** A program of its own that synthesizes with the libraries of `folder`. */
async function bundleWithCdktn(folder: string): Promise<string> {
  const outfile = path.join(folder, "synthesize.mjs");
  const installed = (name: string) => path.join(folder, "node_modules", ...name.split("/"));
  await build({
    stdin: {
      contents: 'import { synthesize } from "#infra/synthesize.ts";\nsynthesize(JSON.parse(process.argv[2]));\n',
      resolveDir: PROJECT,
    },
    outfile,
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    format: "esm",
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module";\nconst require = requireFrom(import.meta.url);\nconst __dirname = import.meta.dirname;',
    },
    alias: {
      cdktf: installed("cdktn"),
      "@cdktf/provider-aws": installed("@cdktn/provider-aws"),
      constructs: installed("constructs"),
    },
    logLevel: "silent",
  });
  return outfile;
}

/** Dotted path → value, of everything that is no object. */
function leaves(value: unknown, at: readonly string[] = []): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null) return new Map([[at.join("."), value]]);
  return new Map(Object.entries(value).flatMap(([key, child]) => [...leaves(child, [...at, key])]));
}

function read(outdir: string, { name }: SynthesizedStack): ReadonlyMap<string, unknown> {
  return leaves(JSON.parse(readFileSync(path.join(outdir, "stacks", name, "cdk.tf.json"), "utf8")));
}

describe("the exit from CDKTF", () => {
  it("leads to cdktn: it synthesizes the same but for three values, which say that it did", async function () {
    this.timeout(300_000).slow(60_000);
    if (process.env.TEST_CDKTN !== "1" && process.env.npm_lifecycle_event !== "test:cdktn") {
      console.log("      skipped: npm run test:cdktn installs cdktn from the npm registry and runs this");
      this.skip();
    }
    const folder = temporaryFolder();
    install(folder);
    const program = await bundleWithCdktn(folder);

    const options: SynthesizeOptions = {
      ...bundlesWithFanout(),
      stageFiles: [stageWithEverySetting()],
      outdir: temporaryFolder(),
      withAccount: true,
      withBootstrap: true,
    };
    const stacks = synthesize(options);
    const outdir = temporaryFolder();
    execFileSync(process.execPath, [program, JSON.stringify({ ...options, outdir })]);

    expect(readdirSync(path.join(outdir, "stacks"))).to.have.members(stacks.map(({ name }) => name));
    for (const stack of stacks) {
      const [ours, theirs] = [read(options.outdir, stack), read(outdir, stack)];
      const different = [...new Set([...ours.keys(), ...theirs.keys()])].filter(
        (at) => ours.get(at) !== theirs.get(at),
      );
      expect(different, stack.name).to.have.members(MAY_DIFFER);
      expect(theirs.get("terraform.required_providers.aws.source")).to.equal("hashicorp/aws");
    }
  });
});
