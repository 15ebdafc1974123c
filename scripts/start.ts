// `npm start`: the whole product on this machine. Build → synth → the emulator on the synthesized Terraform → the page.
import path from "node:path";
import pc from "picocolors";
import { synthesize } from "#infra/synthesize.ts";
import { startLocal } from "#local/start-local.ts";
import { buildFunctions } from "./build-functions.ts";
import { buildWeb } from "./build-web.ts";
import { onInterrupt } from "./on-interrupt.ts";
import { root } from "./root.ts";
import { serveWeb } from "./serve-web.ts";
import { readOptions, type StartOptions, USAGE, UsageError } from "./start-options.ts";

async function start(options: StartOptions): Promise<void> {
  const stageFile = options.stageFile ?? path.join(root, "stages", `${options.stage}.json`);
  say("build", "functions and page");
  const [bundles] = await Promise.all([buildFunctions(root), buildWeb()]);
  const [stack] = synthesize({
    stageFiles: [stageFile],
    outdir: path.join(root, "cdktf.out"),
    distDir: path.join(root, "dist", "functions"),
  });
  if (!stack) throw new Error(`${stageFile} gave no stack`);
  say("synth", `${path.relative(process.cwd(), stack.file)}, ${bundles.length} functions`);

  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  onInterrupt(close);
  try {
    const local = await startLocal({
      terraform: stack.file,
      port: options.port,
      dynamodbPort: options.dynamodbPort,
      host: options.host,
      ...(options.dataDir ? { dataDir: options.dataDir } : {}),
      logs: !options.quiet,
      print: (line) => console.log(line),
    });
    closers.push(local.close);
    const [webSocketUrl = ""] = local.urls;
    const web = await serveWeb({ port: options.webPort, host: options.host, webSocketUrl });
    closers.push(web.close);
    say("page", pc.cyan(web.url));
    console.log(`ready ${webSocketUrl}`);
  } catch (error) {
    await close();
    throw error;
  }
}

function say(what: string, about: string): void {
  console.log(`${pc.dim(what.padEnd(6))} ${about}`);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await start(options);
  else console.log(USAGE);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(`${pc.red(usage ? "usage:" : "npm start failed:")} ${(error as Error).message}`);
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
