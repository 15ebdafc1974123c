// The composition root: from a Terraform file to a stack that runs on this machine, and its orderly end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDynamoDb } from "./dynamodb/start-dynamodb.ts";
import { Credentials } from "./iam/credentials.ts";
import { startLambda } from "./lambda/lambda-service.ts";
import { runtimeProblems } from "./lambda/runtime-problems.ts";
import { type ListeningServer, listen, portError } from "./listen.ts";
import { type LogStore, openLogStore } from "./logs/log-store.ts";
import { printLog } from "./print-log.ts";
import type { Stack, WebSocketApi } from "./stack.ts";
import { readStack } from "./terraform/read-stack.ts";
import { StackError } from "./terraform/stack-error.ts";
import { Gateway } from "./websocket/gateway.ts";
import type { GatewayLimits } from "./websocket/limits.ts";
import { gatewayProblems, gatewayWarnings } from "./websocket/stack-problems.ts";

export interface LocalOptions {
  /** A synthesized `cdk.tf.json`, or the output of `terraform show -json`. */
  readonly terraform: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly dynamodbPort?: number;
  /** Tables and logs are kept there; without it nothing is kept. */
  readonly dataDir?: string;
  readonly host?: string;
  /** Takes the lines meant for people. */
  readonly print?: (line: string) => void;
  /** Whether these lines include what the functions log. */
  readonly logs?: boolean;
  readonly limits?: Partial<GatewayLimits>;
}

export interface LocalStack {
  readonly stack: Stack;
  /** One per stage: `ws://127.0.0.1:3001/dev` */
  readonly urls: readonly string[];
  readonly managementUrls: readonly string[];
  readonly dynamodbUrl: string;
  close(): Promise<void>;
}

type Closer = () => Promise<unknown>;

export async function startLocal(options: LocalOptions): Promise<LocalStack> {
  const closers: Closer[] = [];
  // What was started last is closed first.
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await start(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LocalOptions, closers: Closer[]): Promise<Omit<LocalStack, "close">> {
  const { host = "127.0.0.1", print = () => {}, limits } = options;
  const listening = await listen(host, options.port);
  closers.push(async () => {
    listening.server.close();
    listening.server.closeAllConnections();
  });
  const gatewayAddress = { host: reachable(host), port: listening.port };
  const authority = `${gatewayAddress.host.includes(":") ? `[${gatewayAddress.host}]` : gatewayAddress.host}:${listening.port}`;

  const stack = await readStack(options.terraform, { apiEndpoint: `ws://${authority}` });
  const problems = [...runtimeProblems(stack.functions), ...gatewayProblems(stack)];
  if (problems.length > 0) throw new StackError(stack.file, problems);
  explain(stack, print);

  const logs = openLogs(options, stack);
  closers.push(() => logs.close());
  const credentials = new Credentials();
  const dynamodb = await startTables(options, stack, credentials);
  closers.push(() => dynamodb.close());
  const managementUrls = stageUrls(stack.apis, "http", authority);
  const [managementApi, ...others] = managementUrls;
  const lambda = await startLambda({
    functions: stack.functions,
    region: stack.region,
    credentials,
    logs,
    codeDirectory: await codeDirectory(closers),
    endpoints: { dynamodb: dynamodb.url, managementApi: others.length === 0 ? managementApi : undefined },
    gateway: gatewayAddress,
  });
  closers.push(() => lambda.close());
  lambda.warm();
  closers.push(
    openGateway(new Gateway({ stack, invoker: lambda, logs, credentials, ...(limits && { limits }) }), listening),
  );
  return { stack, urls: stageUrls(stack.apis, "ws", authority), managementUrls, dynamodbUrl: dynamodb.url };
}

function openGateway(gateway: Gateway, listening: ListeningServer): Closer {
  gateway.attach(listening.ready());
  return () => gateway.close();
}

function openLogs({ dataDir, print, logs = true }: LocalOptions, stack: Stack): LogStore {
  return openLogStore({
    ...(dataDir !== undefined && { directory: join(dataDir, "logs") }),
    ...(print && logs && { print: printLog(stack.functions, print) }),
  });
}

async function startTables(
  { dataDir, dynamodbPort: port = 0 }: LocalOptions,
  { tables }: Stack,
  credentials: Credentials,
): ReturnType<typeof startDynamoDb> {
  try {
    return await startDynamoDb({ port, tables, credentials, ...(dataDir !== undefined && { dataDir }) });
  } catch (error) {
    throw portError(error, { host: "127.0.0.1", port, option: "--dynamodb-port" });
  }
}

/** Zips are unpacked for this run only. */
async function codeDirectory(closers: Closer[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "local-lambda-"));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function explain(stack: Stack, print: (line: string) => void): void {
  if (stack.notServed.length > 0) print(`not served here: ${stack.notServed.join(", ")}`);
  for (const warning of gatewayWarnings(stack)) print(`warning: ${warning}`);
}

/** An API is named by its id in the host when its stage's name alone would not tell it from another's. */
function stageUrls(apis: readonly WebSocketApi[], scheme: "ws" | "http", authority: string): string[] {
  const port = authority.slice(authority.lastIndexOf(":"));
  const names = apis.flatMap(({ stages }) => stages.map(({ name }) => name));
  return apis.flatMap(({ id, stages }) =>
    stages.map(({ name }) => {
      const unique = names.filter((other) => other === name).length === 1;
      return `${scheme}://${unique ? authority : `${id}.localhost${port}`}/${name}`;
    }),
  );
}

/** An address to connect to, for one to listen on. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
