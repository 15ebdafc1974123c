// `npm run local`: runs a synthesized Terraform file on this machine until Ctrl-C.
import { endWithReader, red } from "#infra/command-line.ts";
import { type LocalOptions, startLocal } from "#local/start-local.ts";
import { readOptions, usage } from "./local-options.ts";
import { onInterrupt } from "./on-interrupt.ts";

const exitCodes = { failed: 1, usage: 2 } as const;

function complain(error: unknown): void {
  console.error(red(error instanceof Error ? error.message : String(error)));
}

async function run(options: LocalOptions): Promise<void> {
  const local = await startLocal({ ...options, print: (line) => console.log(line) });
  onInterrupt(local.close);
  for (const url of [...local.urls, ...local.domainUrls]) console.log(`ready ${url}`);
}

// Functions live in UTC on AWS; the time zone belongs to the process, so it is set for all of its threads.
process.env.TZ = "UTC";
endWithReader();
let options: LocalOptions | "help";
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  complain(error);
  console.error(`\n${usage}`);
  process.exit(exitCodes.usage);
}
if (options === "help") console.log(usage);
else {
  await run(options).catch((error: unknown) => {
    complain(error);
    process.exitCode = exitCodes.failed;
  });
}
