// web/ → dist/web: one minified script and style sheet, their source maps apart, and the files the page needs beside them.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./root.ts";

const STATIC_FILES = ["index.html", "favicon.svg"];

export interface BuiltWeb {
  readonly directory: string;
  /** Size of the script in bytes. */
  readonly scriptBytes: number;
}

export async function buildWeb({ outdir = join(root, "dist", "web") } = {}): Promise<BuiltWeb> {
  await mkdir(outdir, { recursive: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join("web", "app.ts"), join("web", "style.css")],
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
    // by Node, whose errors tell which file could not be written, and why
    write: false,
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  await Promise.all(STATIC_FILES.map((file) => copyFile(join(root, "web", file), join(outdir, file))));
  const script = Object.entries(metafile.outputs).find(([file]) => file.endsWith("app.js"));
  return { directory: outdir, scriptBytes: script?.[1].bytes ?? 0 };
}
