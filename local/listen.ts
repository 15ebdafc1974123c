// The port is taken first: the Terraform file is resolved with the address it will be served at.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerRequest, answerSocket, type HttpAnswer } from "./websocket/http-answer.ts";

export interface ListeningServer {
  readonly server: Server;
  readonly port: number;
  /** Hands the server over; until then requests are answered with 503. */
  ready(): Server;
  close(): Promise<void>;
}

const starting: HttpAnswer = { status: 503, message: "The local stack is starting" };

/** `option` is what chooses the port on the command line. */
export async function listen(host: string, port: number, option = "--port"): Promise<ListeningServer> {
  const server = createServer();
  server.on("request", (_request, response) => answerRequest(response, starting));
  server.on("upgrade", (_request, socket) => answerSocket(socket, starting));
  server.listen(port, host);
  await once(server, "listening").catch((error: unknown) => {
    throw listenError(error, { host, port, option });
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    ready: () => server.removeAllListeners("request").removeAllListeners("upgrade"),
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Why an address cannot be listened on, in words; any other error as it is. */
export function listenError(
  error: unknown,
  { host, port, option }: { readonly host: string; readonly port: number; readonly option: string },
): unknown {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "EADDRINUSE":
      return new Error(
        `Port ${port} on ${host} is in use by another program: choose another with ${option} (0 takes any free one).`,
      );
    case "EACCES":
      return new Error(
        `Port ${port} on ${host} is not for this user to open: choose one from 1024 on with ${option} (0 takes any free one).`,
      );
    case "EADDRNOTAVAIL":
    case "EAI_AGAIN":
    case "ENOTFOUND":
      return new Error(
        `--host ${host} is no address of this machine: 127.0.0.1 is for this machine alone, 0.0.0.0 for its whole network.`,
      );
    default:
      return error;
  }
}
