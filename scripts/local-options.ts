// The command line of `npm run local`.
import path from "node:path";
import { parseOptions } from "#infra/command-line.ts";
import { parseFaults } from "#local/chaos/parse-faults.ts";
import type { LocalOptions } from "#local/local-options.ts";

export const usage = `Usage: npm run local -- --terraform FILE [options]

Serves the WebSocket APIs, functions and tables of a synthesized Terraform file.

  --terraform FILE      a cdk.tf.json or other Terraform JSON, a directory of it, or the output of "terraform show -json"
  --port N              port of the gateway (3001; 0 takes any free one)
  --dynamodb-port N     port of DynamoDB (any free one)
  --dynamodb-endpoint U another DynamoDB behind the same checks: DynamoDB Local, a real one (instead of the embedded)
  --lambda-port N       port of Lambda's Invoke (any free one)
  --data-dir DIR        keeps tables and logs there (without it: tables in memory, logs in .local/logs)
  --host H              address to listen on (127.0.0.1)
  --watch               takes changes of the file and of the functions' code, with the sockets kept open
  --no-account-limits   without the account's quotas (10,000 requests and 500 new connections a second): for load tests
  --no-iam              verifies no signature and evaluates no policy
  --chaos FAULTS        what AWS does now and then, at random; separated by commas, each "fault", "fault=duration",
                        and how often: "fault@10%" (always, without a percentage)
                          disconnect-drop, disconnect-delay=5s, disconnect-duplicate   $disconnect is best effort
                          lambda-throttle                                              an invocation answered with 429
                          connections-429, connections-500, connections-delay=300ms    of @connections
                          clock-skew=6m, clock-skew=-6m                                functions' clocks ahead, behind
                          stale-index=2s                                               reads of an index that are so old
  --chaos-seed N        repeats the chaos of another run, which printed its seed
  --quiet               without the functions' logs
  --help                this text`;

export function readOptions(args: string[]): LocalOptions | "help" {
  const { values } = parseOptions({
    args,
    options: {
      terraform: { type: "string" },
      port: { type: "string", default: "3001" },
      "dynamodb-port": { type: "string", default: "0" },
      "dynamodb-endpoint": { type: "string" },
      "lambda-port": { type: "string", default: "0" },
      "data-dir": { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      watch: { type: "boolean", default: false },
      "no-account-limits": { type: "boolean", default: false },
      "no-iam": { type: "boolean", default: false },
      chaos: { type: "string", multiple: true, default: [] },
      "chaos-seed": { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (values.terraform === undefined) throw new Error("--terraform is missing: name the file to serve");
  const seed = values["chaos-seed"];
  return {
    terraform: values.terraform,
    port: portNumber("--port", values.port),
    dynamodbPort: portNumber("--dynamodb-port", values["dynamodb-port"]),
    lambdaPort: portNumber("--lambda-port", values["lambda-port"]),
    host: values.host,
    ...(values["dynamodb-endpoint"] !== undefined && { dynamodbEndpoint: webAddress(values["dynamodb-endpoint"]) }),
    ...(values["data-dir"] !== undefined && { dataDir: values["data-dir"] }),
    logsDir: path.join(values["data-dir"] ?? ".local", "logs"),
    ...(values["no-account-limits"] && { limits: { account: undefined, newConnections: undefined } }),
    chaos: { faults: readFaults(values.chaos), ...(seed !== undefined && { seed: wholeNumber("--chaos-seed", seed) }) },
    iam: !values["no-iam"],
    watch: values.watch,
    logs: !values.quiet,
  };
}

function readFaults(texts: readonly string[]): ReturnType<typeof parseFaults> {
  try {
    return texts.flatMap(parseFaults);
  } catch (error) {
    throw new Error(`--chaos ${error instanceof Error ? error.message : String(error)}`);
  }
}

function portNumber(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new Error(`${option} "${text}" is no port: it should be a number from 0 to 65535`);
}

function webAddress(text: string): string {
  if (/^https?:/i.test(text) && URL.canParse(text)) return text;
  throw new Error(`--dynamodb-endpoint "${text}" is no address: it should be a URL such as http://127.0.0.1:8000`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`${option} "${text}" should be a whole number`);
}
