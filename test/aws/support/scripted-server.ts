// A server that answers with the very bytes a test wants, on sockets that the test holds.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** A request that has come in completely. */
export interface Received {
  readonly head: string;
  readonly body: string;
  readonly socket: Socket;
  /** Of the sockets, in order of connecting. */
  readonly socketNumber: number;
}

export interface ScriptedServer {
  readonly origin: URL;
  readonly requests: readonly Received[];
  /** Sockets accepted so far. */
  readonly accepted: number;
  /** The `count`th request, now or later. */
  received(count: number): Promise<Received>;
  close(): Promise<void>;
}

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/** `answer` is written when it is text; undefined leaves the request to the test. */
export async function runScripted(
  answer: (request: Received, count: number) => string | undefined,
): Promise<ScriptedServer> {
  const requests: Received[] = [];
  const sockets: Socket[] = [];
  let wake: (() => void)[] = [];
  const server = createServer((socket) => {
    const socketNumber = sockets.push(socket) - 1;
    socket.on("error", () => {});
    let text = "";
    socket.setEncoding("utf8").on("data", (piece) => {
      text += piece;
      const request = requestIn(text);
      if (!request) return;
      text = "";
      const received = { ...request, socket, socketNumber };
      const reply = answer(received, requests.push(received));
      if (reply !== undefined) socket.write(reply);
      for (const one of wake.splice(0)) one();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/dev`),
    requests,
    get accepted() {
      return sockets.length;
    },
    async received(count) {
      for (;;) {
        const request = requests[count - 1];
        if (request) return request;
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    },
    async close() {
      wake = [];
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function requestIn(text: string): { readonly head: string; readonly body: string } | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return Buffer.byteLength(body) < length ? undefined : { head, body };
}
