// The command line of `npm start`.
import path from "node:path";
import { parseOptions, UsageError } from "#infra/command-line.ts";

export const USAGE = `npm start -- [options]

Builds, synthesizes a stage to Terraform, runs that Terraform on this machine and serves the chat page.

  --stage NAME         the stage of stages/ to run (default: dev)
  --stage-file FILE    a stage file anywhere, instead of --stage
  --port N             of the WebSocket API (default: 3001; 0: any free one)
  --web-port N         of the page (default: 8080; 0: any free one)
  --dynamodb-port N    of the embedded DynamoDB (default: any free one)
  --auth jwt           tokens are asked for, of an issuer on this machine with demo people (default: as the stage says)
  --token-seconds N    how long the tokens of that issuer last (default: 3600), to see them renewed
  --data-dir DIR       keep tables and logs there between starts (default: tables in memory, logs in .local/)
  --host HOST          the address to listen on (default: 127.0.0.1: this machine only)
  --quiet              do not print what the functions log
  --help               this text

Ctrl-C ends it.`;

export interface StartOptions {
  readonly stage: string;
  readonly stageFile?: string;
  readonly port: number;
  readonly webPort: number;
  readonly dynamodbPort: number;
  /** undefined: as the stage says. */
  readonly auth?: "jwt";
  /** Of the issuer on this machine; undefined: an hour. */
  readonly tokenSeconds?: number;
  readonly dataDir?: string;
  readonly host: string;
  readonly quiet: boolean;
}

/** @returns undefined when only help is asked for */
export function readOptions(args: readonly string[]): StartOptions | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  if (values.stage !== undefined && values["stage-file"] !== undefined) {
    throw new UsageError("Give --stage or --stage-file, not both.");
  }
  return {
    stage: values.stage ?? "dev",
    ...(values["stage-file"] === undefined ? {} : { stageFile: path.resolve(values["stage-file"]) }),
    port: portNumber("--port", values.port ?? "3001"),
    webPort: portNumber("--web-port", values["web-port"] ?? "8080"),
    dynamodbPort: portNumber("--dynamodb-port", values["dynamodb-port"] ?? "0"),
    ...(values.auth === undefined ? {} : { auth: authMode(values.auth) }),
    ...(values["token-seconds"] === undefined ? {} : { tokenSeconds: tokenSeconds(values["token-seconds"]) }),
    ...(values["data-dir"] === undefined ? {} : { dataDir: path.resolve(values["data-dir"]) }),
    host: values.host ?? "127.0.0.1",
    quiet: values.quiet ?? false,
  };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  return parseOptions({
    args: [...args],
    options: {
      stage: text,
      "stage-file": text,
      port: text,
      "web-port": text,
      "dynamodb-port": text,
      auth: text,
      "token-seconds": text,
      "data-dir": text,
      host: text,
      quiet: flag,
      help: { type: "boolean", short: "h" },
    },
  }).values;
}

function authMode(value: string): "jwt" {
  if (value === "jwt") return value;
  throw new UsageError(
    `--auth is ${JSON.stringify(value)}; it must be jwt, or left out: then it is as the stage says.`,
  );
}

function tokenSeconds(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) >= 5) return Number(value);
  throw new UsageError(`--token-seconds is ${JSON.stringify(value)}; it must be a whole number from 5 to 99999.`);
}

function portNumber(option: string, value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new UsageError(`${option} is ${JSON.stringify(value)}; it must be a port number from 0 to 65535.`);
}
