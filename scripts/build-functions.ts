// Bundles each folder of functions/ that has a handler.ts: one Lambda, one file, `dist/functions/<name>/index.mjs`. Source maps go to
// `dist/maps/`, so that they are at hand and not deployed.
import { existsSync, readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build, type Plugin } from "esbuild";

export interface Bundle {
  readonly name: string;
  /** Absolute path of index.mjs. */
  readonly file: string;
  readonly bytes: number;
}

export async function buildFunctions(root: string): Promise<readonly Bundle[]> {
  const sources = path.join(root, "functions");
  const names = readdirSync(sources).filter((name) => existsSync(path.join(sources, name, "handler.ts")));
  return Promise.all(names.sort().map((name) => bundle(root, name)));
}

async function bundle(root: string, name: string): Promise<Bundle> {
  const directory = path.join(root, "dist", "functions", name);
  const maps = path.join(root, "dist", "maps", name);
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, "functions", name, "handler.ts")],
    outfile: path.join(directory, "index.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    // runs on Lambda's Node 24 and on whatever Node the laptop has
    target: "node20",
    mainFields: ["module", "main"],
    sourcemap: "external",
    legalComments: "none",
    charset: "utf8",
    plugins: [lambdaCredentials(root)],
    write: false,
  });
  await Promise.all([rm(directory, { recursive: true, force: true }), rm(maps, { recursive: true, force: true })]);
  await Promise.all([mkdir(directory, { recursive: true }), mkdir(maps, { recursive: true })]);
  let bytes = 0;
  for (const output of outputFiles) {
    const isMap = output.path.endsWith(".map");
    if (!isMap) bytes = output.contents.length;
    await writeFile(path.join(isMap ? maps : directory, path.basename(output.path)), output.contents);
  }
  return { name, file: path.join(directory, "index.mjs"), bytes };
}

/**
 * A Lambda has its role's credentials in its environment, always. The SDK's chain of providers – profiles, SSO, containers, instances,
 * web identities – is a third of the bundle and a quarter of its cold start, and can find nothing there.
 */
function lambdaCredentials(root: string): Plugin {
  const namespace = "lambda-credentials";
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: "environment", namespace }));
      onLoad({ filter: /.*/, namespace }, () => ({
        contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
        resolveDir: root,
      }));
    },
  };
}
