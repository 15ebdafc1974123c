// The embedded DynamoDB: dynalite with the stack's tables, in memory or in a directory, behind one port on which IAM is enforced.
import { once } from "node:events";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Credentials } from "#local/iam/credentials.ts";
import type { Table } from "#local/stack.ts";
import { type Answering, answerRequest } from "./answer-request.ts";
import { createTables } from "./create-tables.ts";
import { occupyDataDirectory } from "./data-directory.ts";
import { jsonReply } from "./json-reply.ts";
import { openStore, type Reply, type Store } from "./store.ts";
import { sweepExpired } from "./time-to-live.ts";

export interface DynamoDbOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Kept there between starts; without it in memory. */
  readonly dataDir?: string;
  readonly tables: readonly Table[];
  readonly credentials: Credentials;
}

export interface DynamoDb {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Deletes what has expired by then (default: now), as it happens every minute by itself; answers how many items. */
  sweep(nowSeconds?: number): Promise<number>;
  close(): Promise<void>;
}

const sweepEveryMs = 60_000;

export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const { tables, credentials, dataDir } = options;
  const arnPrefix = tables[0]?.arn.replace(/[^/]*$/, "") ?? "arn:aws:dynamodb:us-east-1:000000000000:table/";
  const [, , , region = "", accountId = ""] = arnPrefix.split(":");
  const directory = dataDir === undefined ? undefined : occupyDataDirectory(dataDir);
  const store = openStore({ ...(directory ? { path: directory.path } : {}), region, accountId });
  const close = async (): Promise<void> => {
    await closeServer(store);
    directory?.release();
  };
  answerOn(store.server, { store, tables, credentials, arnPrefix });
  try {
    await createTables(store, tables, directory?.path);
    await listen(store.server, options.port);
  } catch (error) {
    await close();
    throw error;
  }
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = (nowSeconds = Math.floor(Date.now() / 1000)): Promise<number> => {
    const swept = sweepExpired(store, tables, nowSeconds);
    // dynalite ends the process when it is used after its end, so that waits for this.
    sweeping = swept.catch(() => undefined);
    return swept;
  };
  const timer = setInterval(() => {
    sweep().catch((error) => process.emitWarning(`Expired items were not deleted: ${error.message}`));
  }, sweepEveryMs).unref();
  return {
    url: `http://127.0.0.1:${(store.server.address() as AddressInfo).port}`,
    sweep,
    async close() {
      clearInterval(timer);
      await sweeping;
      await close();
    },
  };
}

function answerOn(server: Server, answering: Answering): void {
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    buffer(request)
      .then((body) => answerRequest(answering, { method, url, headers, body }))
      .catch(internalError)
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      .catch((error) => response.destroy(error));
  });
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

function internalError(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error);
  return jsonReply(500, { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message });
}

/** Ends idle connections at once; requests that are being answered are answered first. */
async function closeServer({ server }: Store): Promise<void> {
  // dynalite closes its database with its server, and only a server that listens can be closed.
  if (!server.listening) await listen(server, 0);
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.keepAliveTimeout = 1;
    server.closeIdleConnections();
  });
}
