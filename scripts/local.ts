// `npm run local`: runs a synthesized Terraform file on this machine until Ctrl-C.
import { parseArgs } from "node:util";
import pc from "picocolors";
import { type LocalOptions, startLocal } from "#local/start-local.ts";
import { onInterrupt } from "./on-interrupt.ts";

const usage = `Usage: npm run local -- --terraform FILE [options]

Serves the WebSocket APIs, functions and tables of a synthesized Terraform file.

  --terraform FILE      cdk.tf.json, or the output of "terraform show -json"
  --port N              port of the gateway (3001; 0 takes any free one)
  --dynamodb-port N     port of DynamoDB (any free one)
  --data-dir DIR        keeps tables and logs there (without it nothing is kept)
  --host H              address to listen on (127.0.0.1)
  --no-account-limits   without the account's quotas (10,000 requests and 500 new connections a second): for load tests
  --quiet               without the functions' logs
  --help                this text`;

const exitCodes = { failed: 1, usage: 2 } as const;

function readOptions(args: string[]): LocalOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      terraform: { type: "string" },
      port: { type: "string", default: "3001" },
      "dynamodb-port": { type: "string", default: "0" },
      "data-dir": { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      "no-account-limits": { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values.terraform === undefined) throw new Error("--terraform is missing: name the file to serve");
  return {
    terraform: values.terraform,
    port: portNumber("--port", values.port),
    dynamodbPort: portNumber("--dynamodb-port", values["dynamodb-port"]),
    host: values.host,
    ...(values["data-dir"] !== undefined && { dataDir: values["data-dir"] }),
    ...(values["no-account-limits"] && { limits: { account: undefined, newConnections: undefined } }),
    logs: !values.quiet,
    print: (line) => console.log(line),
  };
}

function portNumber(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`${option} "${text}" is no port: it should be a number from 0 to 65535`);
}

function complain(error: unknown): void {
  console.error(pc.red(error instanceof Error ? error.message : String(error)));
}

async function run(options: LocalOptions): Promise<void> {
  const local = await startLocal(options);
  onInterrupt(local.close);
  for (const url of local.urls) console.log(`ready ${url}`);
}

// Functions live in UTC on AWS; the time zone belongs to the process, so it is set for all of its threads.
process.env.TZ = "UTC";
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
