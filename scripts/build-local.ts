// Bundles the emulator to dist/local/main.mjs: it then starts in half the time, without a TypeScript loader. `run-local.mjs`
// uses it as long as none of the files it was made of has changed.
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

export interface LocalBundle {
  /** Absolute path of main.mjs. */
  readonly file: string;
  readonly bytes: number;
}

/** dynalite loads its actions by name, and ajv is loaded only when a stack has models. */
const external = ["dynalite", "ajv", "ajv-draft-04"];
/** What CommonJS packages inside an ES module call. */
const requireBanner =
  "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";

export async function buildLocal(root: string): Promise<LocalBundle> {
  const directory = path.join(root, "dist", "local");
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, "scripts", "local.ts")],
    outfile: path.join(directory, "main.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    external,
    banner: { js: requireBanner },
    legalComments: "none",
    charset: "utf8",
    metafile: true,
    write: false,
  });
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  // The Lambda runtime is loaded by its path, by worker threads.
  await cp(path.join(root, "local", "lambda", "runtime"), path.join(directory, "runtime"), { recursive: true });
  const runtime = ["local/lambda/runtime"];
  await writeFile(path.join(directory, "inputs.json"), JSON.stringify([...Object.keys(metafile.inputs), ...runtime]));
  const [bundle] = outputFiles;
  const file = path.join(directory, "main.mjs");
  await writeFile(file, bundle?.contents ?? "");
  return { file, bytes: bundle?.contents.length ?? 0 };
}
