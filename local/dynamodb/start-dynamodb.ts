// The stack's tables behind one port on which IAM is enforced: in dynalite, in memory or in a directory, or in another DynamoDB.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Chaos } from "#local/chaos/chaos.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { ListeningServer } from "#local/listen.ts";
import { readBody } from "#local/read-body.ts";
import type { Table } from "#local/stack.ts";
import { foreignRequest, readableBy } from "#local/web-pages.ts";
import { answerRequest } from "#local/websocket/http-answer.ts";
import { type Answering, answerRequest as answerDynamoDb } from "./answer-request.ts";
import { createTables } from "./create-tables.ts";
import { jsonReply } from "./json-reply.ts";
import { type Owner, openTables } from "./open-tables.ts";
import type { OwnKeys } from "./remote-store.ts";
import type { Reply } from "./store.ts";

export interface DynamoDbOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Instead of a port: its address is known before the tables are there. */
  readonly listening?: ListeningServer;
  /** Kept there between starts; without it in memory. */
  readonly dataDir?: string;
  readonly tables: readonly Table[];
  readonly credentials: Credentials;
  /** Where the tables are; without it, what the first table's ARN says. */
  readonly owner?: Owner;
  /** Another DynamoDB instead of the embedded one; unless it is AWS it gets the tables it does not have. */
  readonly dynamodbEndpoint?: string;
  /** What requests to it are signed with; without them AWS_ACCESS_KEY_ID and so on, else a name that DynamoDB Local takes. */
  readonly ownKeys?: OwnKeys;
  /** Its `stale-index`: reads of an index see a write only so much later. */
  readonly chaos?: Chaos;
}

export interface DynamoDb {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Deletes what has expired by then (default: now), as it happens every minute by itself; answers how many items. */
  sweep(nowSeconds?: number): Promise<number>;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;
/** Of a request. */
const maxBytes = 16 * 1024 * 1024;

export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { tables, credentials } = options;
  const owner = options.owner ?? ownerOf(tables);
  const { region, accountId } = owner;
  const arnPrefix = tables[0]?.arn.replace(/[^/]*$/, "") ?? `arn:aws:dynamodb:${region}:${accountId}:table/`;
  const opened = openTables(options, owner);
  let server: Server;
  try {
    await createTables(opened.store, tables, opened);
    server = options.listening?.ready() ?? createServer();
    answerOn(server, { tables, credentials, region, arnPrefix, ...opened });
    if (!server.listening) await listen(server, options.port);
  } catch (error) {
    await opened.close();
    throw error;
  }
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = (nowSeconds = Math.floor(Date.now() / 1000)): Promise<number> => {
    const swept = opened.sweep(nowSeconds);
    // dynalite ends the process when it is used after its end, so that waits for this.
    sweeping = swept.catch(() => undefined);
    return swept;
  };
  const timer = setInterval(() => {
    sweep().catch((error) => process.emitWarning(`Expired items were not deleted: ${error.message}`));
  }, sweepEveryMs).unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sweep,
    async close() {
      clearInterval(timer);
      await sweeping;
      await closeServer(server);
      await opened.close();
    },
  };
}

function ownerOf([first]: readonly Table[]): Owner {
  const [, , , region = "us-east-1", accountId = "000000000000"] = first?.arn.split(":") ?? [];
  return { region, accountId };
}

function answerOn(server: Server, answering: Answering): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const foreign = foreignRequest(request);
    if (foreign || request.method === "OPTIONS") {
      request.resume();
      if (foreign) answerRequest(response, foreign);
      else response.writeHead(200, allowed(request)).end();
      return;
    }
    answer(request, answering)
      .catch(internalError)
      .then((reply) => reply && response.writeHead(reply.status, headersOf(reply, request)).end(reply.body))
      .catch((error) => response.destroy(error));
  });
}

/** undefined: nobody waits for it any more. */
async function answer(request: IncomingMessage, answering: Answering): Promise<Reply | undefined> {
  const { method = "", url = "" } = request;
  const body = await readBody(request, maxBytes);
  if (body === "aborted") return undefined;
  // dynalite would let any page read the answer.
  const headers = { ...request.headers, origin: undefined };
  if (body !== "too-large") return await answerDynamoDb(answering, { method, url, headers, body });
  request.resume();
  return { status: 413, headers: { "Content-Length": "0" }, body: "" };
}

function headersOf(reply: Reply, { headers }: IncomingMessage): Record<string, string> {
  return { ...reply.headers, ...readableBy(headers) };
}

/** What a browser asks before it sends a page's request (a preflight): all that an SDK sends. */
function allowed({ headers }: IncomingMessage): Record<string, string> {
  return {
    ...readableBy(headers),
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": headers["access-control-request-headers"] ?? "*",
    "Access-Control-Max-Age": "172800",
    "Content-Length": "0",
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function internalError(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  process.emitWarning(`A DynamoDB request was answered with 500: ${message}`);
  return jsonReply(500, { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message });
}

/** Ends idle connections at once; requests that are being answered are answered first. */
async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.keepAliveTimeout = 1;
    server.closeIdleConnections();
  });
}
