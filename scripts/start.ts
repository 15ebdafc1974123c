// `npm start`: the whole product on this machine. Build → synth → the emulator on the synthesized Terraform → the page.
import path from "node:path";
import { styleText } from "node:util";
import { endWithReader, red, UsageError } from "#infra/command-line.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { synthesize } from "#infra/synthesize.ts";
import { signInConfig } from "#infra/web-sign-in.ts";
import { startLocal } from "#local/start-local.ts";
import { askedStage } from "./asked-stage.ts";
import { buildFunctions } from "./build-functions.ts";
import { buildWeb } from "./build-web.ts";
import { DEMO_PEOPLE, type LocalIdentity, missingIssuer, startLocalIdentity } from "./local-identity.ts";
import { onInterrupt } from "./on-interrupt.ts";
import { rebuildOnChange } from "./rebuild-on-change.ts";
import { root } from "./root.ts";
import { serveWeb } from "./serve-web.ts";
import { readOptions, type StartOptions, USAGE } from "./start-options.ts";
import { unwritable } from "./unwritable.mjs";

/** What the functions are made of: a change is built, synthesized and taken by the running stack, with its sockets kept open. */
const SOURCES = ["functions", "chat", "aws", "protocol"];

type Closer = () => unknown;

async function start(options: StartOptions): Promise<void> {
  const closers: Closer[] = [];
  // What was started last is closed first.
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  onInterrupt(close);
  try {
    await startAll(options, closers);
  } catch (error) {
    await close();
    throw error;
  }
}

async function startAll(options: StartOptions, closers: Closer[]): Promise<void> {
  const asked = options.stageFile ?? askedStage(options.stage, path.join(root, "stages"));
  const missing = options.auth === undefined ? missingIssuer(asked) : undefined;
  const identity =
    options.auth || missing
      ? await startLocalIdentity(asked, path.join(root, ".local", "stages"), options.tokenSeconds)
      : undefined;
  if (!identity && options.tokenSeconds !== undefined) {
    throw new UsageError(
      "--token-seconds is of the issuer on this machine, which this run has not: say --auth jwt, too.",
    );
  }
  if (missing) say("auth", `${missing}: an issuer on this machine stands in for it`);
  if (identity) closers.push(identity.issuer.close);
  say("build", "functions and page");
  await Promise.all([buildFunctions(root), buildWeb()]);
  const synth = () =>
    synthesize({
      stageFiles: [identity?.stageFile ?? asked],
      // what is changed for this machine must not lie where it could be deployed from
      outdir: identity ? path.join(root, ".local", "cdktf.out") : path.join(root, "cdktf.out"),
      distDir: path.join(root, "dist", "functions"),
    });
  const [stack] = synth();
  if (!stack) throw new Error(`${asked} gave no stack`);
  say(
    "synth",
    `${path.relative(process.cwd(), stack.file)}, ${Object.keys(stack.stage?.functions ?? {}).length} functions`,
  );

  const local = await startLocal({
    terraform: stack.file,
    port: options.port,
    dynamodbPort: options.dynamodbPort,
    host: options.host,
    ...(options.dataDir ? { dataDir: options.dataDir } : {}),
    logsDir: path.join(options.dataDir ?? path.join(root, ".local"), "logs"),
    logs: !options.quiet,
    print: (line) => console.log(line),
    watch: true,
  });
  closers.push(local.close);
  for (const url of local.domainUrls) say("domain", url);
  const stopRebuilding = rebuildOnChange({
    sources: [...SOURCES.map((folder) => path.join(root, folder)), asked],
    rebuild: async () => {
      await buildFunctions(root);
      synth();
    },
    onError: (error) => console.error(`${red("not rebuilt:")} ${error.message}`),
  });
  closers.push(stopRebuilding);
  await startPage(options, closers, local.urls[0] ?? "", { identity, stage: stack.stage });
}

async function startPage(
  { webPort: port, host }: StartOptions,
  closers: Closer[],
  webSocketUrl: string,
  { identity, stage }: { readonly identity: LocalIdentity | undefined; readonly stage: StageConfig | undefined },
): Promise<void> {
  const signIn = stage && signInConfig(stage, stage.auth);
  const signInOrigins = stage?.web?.signIn.origins ?? [];
  const web = await serveWeb({ port, host, webSocketUrl, signIn, signInOrigins });
  closers.push(web.close);
  if (identity) say("issuer", `${identity.issuer.url}  POST /token with user=${Object.keys(DEMO_PEOPLE).join("|")}`);
  say("page", styleText("cyan", web.url));
  console.log(`ready ${webSocketUrl}`);
}

function say(what: string, about: string): void {
  console.log(`${styleText("dim", what.padEnd(6))} ${about}`);
}

// Functions live in UTC on AWS; the time zone belongs to the process, so it is set for all of its threads.
process.env.TZ = "UTC";
endWithReader();

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await start(options);
  else console.log(USAGE);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(`${red(usage ? "usage:" : "npm start failed:")} ${unwritable(error) ?? (error as Error).message}`);
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
