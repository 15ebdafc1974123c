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
    throw portError(error, { host, port, option });
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

/** The error of a port that is taken, in words; any other error as it is. */
export function portError(
  error: unknown,
  at: { readonly host: string; readonly port: number; readonly option: string },
): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code !== "EADDRINUSE") return error;
  return new Error(
    `Port ${at.port} on ${at.host} is in use by another program: choose another with ${at.option} (0 takes any free one).`,
  );
}
