// The composition root: from a Terraform file to a stack that runs on this machine, and its orderly end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { Chaos, describeFault } from "./chaos/chaos.ts";
import { makeDataDirectory } from "./dynamodb/data-directory.ts";
import { type DynamoDb, startDynamoDb } from "./dynamodb/start-dynamodb.ts";
import { Credentials } from "./iam/credentials.ts";
import { answerInvoke } from "./lambda/invoke-api.ts";
import { type LambdaService, startLambda } from "./lambda/lambda-service.ts";
import { runtimeProblems } from "./lambda/runtime-problems.ts";
import { type ListeningServer, listen } from "./listen.ts";
import type { LocalOptions } from "./local-options.ts";
import { type LogStore, openLogStore } from "./logs/log-store.ts";
import { notServedLine } from "./not-served.ts";
import { printLog } from "./print-log.ts";
import { describeReload, type Reloaded, Reloader } from "./reload.ts";
import type { Stack } from "./stack.ts";
import { domainNames, domainUrls, reachable, stageUrls } from "./stage-urls.ts";
import { readStack } from "./terraform/read-stack.ts";
import { StackError } from "./terraform/stack-error.ts";
import { FileWatch } from "./watch-files.ts";
import { Gateway } from "./websocket/gateway.ts";
import { gatewayProblems, gatewayWarnings } from "./websocket/stack-problems.ts";

export type { LocalOptions } from "./local-options.ts";

export interface LocalStack {
  /** As of the last reload. */
  readonly stack: Stack;
  /** One per stage: `ws://127.0.0.1:3001/dev` */
  readonly urls: readonly string[];
  readonly managementUrls: readonly string[];
  /** One per mapping of a custom domain: `ws://chat.example.com.localhost:3001/v1` */
  readonly domainUrls: readonly string[];
  readonly dynamodbUrl: string;
  /** For the AWS SDK's Lambda client: Invoke. */
  readonly lambdaUrl: string;
  /** Its faults can be changed while the stack runs. */
  readonly chaos: Chaos;
  /** Takes the Terraform file and the functions' code as they are now. */
  reload(): Promise<Reloaded>;
  close(): Promise<void>;
}

type Closer = () => unknown;

export async function startLocal(options: LocalOptions): Promise<LocalStack> {
  const closers: Closer[] = [];
  // What was started last is closed first.
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LocalOptions, closers: Closer[], close: LocalStack["close"]): Promise<LocalStack> {
  const { host = "127.0.0.1", print = () => {}, limits, clock, iam = true } = options;
  if (options.dataDir !== undefined) makeDataDirectory(options.dataDir);
  const listening = await listen(host, options.port).catch(async (error: unknown) => {
    // A file that cannot be served is what to mend first: another port would not help.
    await readServable(options.terraform, `ws://${host}:${options.port}`);
    throw error;
  });
  closers.push(() => listening.close());
  const gatewayHost = reachable(host);
  const authority = `${gatewayHost.includes(":") ? `[${gatewayHost}]` : gatewayHost}:${listening.port}`;

  const read = (): Promise<Stack> => readServable(options.terraform, `ws://${authority}`);
  const stack = await read();
  const chaos = new Chaos(options.chaos);
  explain(stack, { print, iam, chaos });

  const logs = openLogs(options, stack);
  closers.push(() => logs.close());
  const credentials = new Credentials({ enforced: iam });
  const tablesAt = await listen("127.0.0.1", options.dynamodbPort ?? 0, "--dynamodb-port");
  closers.push(() => tablesAt.close());
  let tables: DynamoDb | undefined;
  // After the functions, which may still use them.
  closers.push(() => tables?.close());
  const invocations = await listen("127.0.0.1", options.lambdaPort ?? 0, "--lambda-port");
  closers.push(() => invocations.close());
  const lambdaUrl = `http://127.0.0.1:${invocations.port}`;
  const [managementApi, ...others] = stageUrls(stack.apis, "http", authority);
  const shared = { logs, credentials, chaos, ...(clock && { clock }) };
  const lambda = await startLambda({
    ...shared,
    functions: stack.functions,
    region: stack.region,
    codeDirectory: await codeDirectory(closers),
    endpoints: {
      dynamodb: `http://127.0.0.1:${tablesAt.port}`,
      lambda: lambdaUrl,
      managementApi: others.length === 0 ? managementApi : undefined,
    },
    gateway: { host: gatewayHost, port: listening.port, domains: domainNames(stack) },
  });
  closers.push(() => lambda.close());
  void lambda.warm(handshakeFunctions(stack));
  // While the workers start, on cores of their own.
  const dynamodb = await startTables(options, stack, { credentials, chaos, listening: tablesAt });
  tables = dynamodb;
  openInvocations(invocations, lambda, credentials, stack.region);
  const gateway = new Gateway({
    ...{
      ...shared,
      stack,
      host: gatewayHost,
      invoker: lambda,
      print: (lines: string) => print(styleText("red", lines)),
    },
    ...(limits && { limits }),
  });
  gateway.attach(listening.ready());
  closers.push(() => gateway.close());
  const reloader = new Reloader({ stack, read, lambda, gateway });
  closers.push(() => reloader.settled());
  if (options.watch) closers.push(watchFiles(reloader, print));
  return {
    get stack() {
      return reloader.stack;
    },
    get urls() {
      return stageUrls(reloader.stack.apis, "ws", authority);
    },
    get managementUrls() {
      return stageUrls(reloader.stack.apis, "http", authority);
    },
    get domainUrls() {
      return domainUrls(reloader.stack.domains, listening.port);
    },
    ...{ dynamodbUrl: dynamodb.url, lambdaUrl, chaos, close, reload: () => reloader.reload() },
  };
}

async function readServable(file: string, apiEndpoint: string): Promise<Stack> {
  const stack = await readStack(file, { apiEndpoint });
  const problems = [...runtimeProblems(stack.functions), ...gatewayProblems(stack)];
  if (problems.length > 0) throw new StackError(stack.file, problems);
  return stack;
}

function openInvocations(
  invocations: ListeningServer,
  service: LambdaService,
  credentials: Credentials,
  region: string,
): void {
  invocations.ready().on("request", (request, response) => {
    void answerInvoke(request, response, { service, credentials, region });
  });
}

/** What changes is printed; what cannot be served leaves the stack as it is. */
function watchFiles(reloader: Reloader, print: (line: string) => void): Closer {
  const watch = ({ file, functions }: Stack): void =>
    // Beside a directory's *.tf.json may lie anything, the data directory among it.
    files.watch(
      functions.flatMap(({ code, layers = [] }) => [code, ...layers]),
      [file],
    );
  const files = new FileWatch(() => {
    void reloader
      .reload()
      .then(describeReload, (error: Error) =>
        styleText("red", `not reloaded, the stack runs on as it was: ${error.message}`),
      )
      .then((line) => {
        if (line !== undefined) print(line);
        watch(reloader.stack);
      })
      .catch((error: Error) => print(styleText("red", `changes are no longer watched: ${error.message}`)));
  });
  watch(reloader.stack);
  return () => files.close();
}

function openLogs({ dataDir, logsDir, print, logs = true }: LocalOptions, stack: Stack): LogStore {
  const directory = logsDir ?? (dataDir === undefined ? undefined : join(dataDir, "logs"));
  return openLogStore({
    ...(directory !== undefined && { directory }),
    ...(print && logs && { print: printLog(stack.functions, print) }),
  });
}

function startTables(
  { dataDir, dynamodbEndpoint }: LocalOptions,
  { tables, region, accountId }: Stack,
  shared: { readonly credentials: Credentials; readonly chaos: Chaos; readonly listening: ListeningServer },
): Promise<DynamoDb> {
  return startDynamoDb({
    ...{ ...shared, port: 0, tables, owner: { region, accountId } },
    ...(dataDir !== undefined && { dataDir }),
    ...(dynamodbEndpoint !== undefined && { dynamodbEndpoint }),
  });
}

/** What a client waits for before its socket is open. */
function handshakeFunctions({ apis }: Stack): string[] {
  const routes = apis.flatMap(({ stages }) => stages.flatMap((stage) => stage.routes));
  const names = routes
    .filter(({ key }) => key === "$connect")
    .flatMap(({ integration, authorizer }) => [integration?.functionName, authorizer?.functionName]);
  return [...new Set(names)].filter((name) => name !== undefined);
}

/** Zips are unpacked for this run only. */
async function codeDirectory(closers: Closer[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "local-lambda-"));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Nobody could know them otherwise. */
function madeUpKeys({ apis }: Stack): Set<string> {
  const keys = apis.flatMap(({ stages }) => stages.flatMap(({ apiKeys }) => apiKeys));
  return new Set(keys.filter(({ madeUp }) => madeUp).map(({ address, value }) => `x-api-key of ${address}: ${value}`));
}

function explain(
  stack: Stack,
  { print, iam, chaos }: { readonly print: (line: string) => void; readonly iam: boolean; readonly chaos: Chaos },
): void {
  if (stack.notServed.length > 0) print(notServedLine(stack.notServed));
  for (const warning of gatewayWarnings(stack)) print(`warning: ${warning}`);
  for (const line of madeUpKeys(stack)) print(line);
  if (!iam) {
    print(
      styleText(
        "bold",
        styleText(
          "red",
          "IAM IS OFF: no signature is verified and no policy evaluated. On AWS this stack may be refused what it does here.",
        ),
      ),
    );
  }
  if (chaos.faults.length > 0) {
    print(styleText("yellow", `chaos: ${chaos.faults.map(describeFault).join(", ")} (seed ${chaos.seed})`));
  }
}
