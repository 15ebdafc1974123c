// A gateway on a port of its own, and its end after the test.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Credentials } from "#local/iam/credentials.ts";
import type { LogRecord, LogStore } from "#local/logs/log-store.ts";
import { Gateway, type GatewayOptions } from "#local/websocket/gateway.ts";

export class MemoryLogs implements LogStore {
  readonly records: LogRecord[] = [];
  #wake: (() => void)[] = [];

  write(record: LogRecord): void {
    this.records.push(record);
    for (const wake of this.#wake.splice(0)) wake();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  of(group: string): string[] {
    return this.records.filter((record) => record.group === group).map(({ message }) => message);
  }

  /** The first message of the group that matches, now or later. */
  async seen(group: string, pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.of(group).find((message) => pattern.test(message));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

export interface RunningGateway {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly port: number;
  /** ws://127.0.0.1:<port>/dev */
  readonly url: string;
  readonly managementUrl: string;
  readonly logs: MemoryLogs;
  readonly credentials: Credentials;
  close(): Promise<void>;
}

export async function runGateway(
  options: Pick<GatewayOptions, "stack" | "invoker"> & Partial<GatewayOptions>,
): Promise<RunningGateway> {
  const logs = new MemoryLogs();
  const { credentials = new Credentials() } = options;
  const gateway = new Gateway({ logs, ...options, credentials });
  const server = createServer();
  gateway.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    gateway,
    server,
    port,
    url: `ws://127.0.0.1:${port}/dev`,
    managementUrl: `http://127.0.0.1:${port}/dev`,
    logs,
    credentials,
    async close() {
      server.close();
      await gateway.close();
      server.closeAllConnections();
    },
  };
}
