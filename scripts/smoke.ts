// `npx tsx scripts/smoke.ts <url>`: tries out a stage that is deployed, or runs here.
import { parseArgs } from "node:util";
import { endWithReader, red } from "#infra/command-line.ts";
import { smokeTest } from "./smoke-test.ts";

const USAGE = `Usage: npx tsx scripts/smoke.ts <wss://…>

Connects, asks for a ping, waits for the answer, and disconnects. A stage that asks for tokens
is shown the one in the environment variable SMOKE_TOKEN.
Exit status: 0 it works, 1 it does not, 2 the command is wrong.`;

endWithReader();
const { positionals } = parseArgs({ allowPositionals: true, strict: false });
const [url, ...others] = positionals;
if (url === undefined || others.length > 0 || !/^wss?:\/\//.test(url)) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  try {
    const { connectMs, pingMs } = await smokeTest(url);
    console.log(`ok  connected in ${connectMs} ms, answered in ${pingMs} ms`);
  } catch (error) {
    console.error(`${red("failed")}  ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
