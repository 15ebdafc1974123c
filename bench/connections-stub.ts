// A stand-in for `@connections` in a process of its own: 200 to every POST, after as many milliseconds as the argument says. On bare
// sockets, so that its own cost is small beside that of the client which is measured.
import { createServer, type Socket } from "node:net";

const OK =
  "HTTP/1.1 200 OK\r\nDate: Sun, 30 Aug 2026 12:36:00 GMT\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n";
const delayMs = Number(process.argv[2]);
const due: { readonly at: number; readonly socket: Socket }[] = [];

function answer(socket: Socket): void {
  if (delayMs === 0) socket.write(OK);
  else due.push({ at: performance.now() + delayMs, socket });
}

const server = createServer({ noDelay: true }, (socket) => {
  let missing = 0;
  socket.on("error", () => {});
  socket.on("data", (piece) => {
    if (missing === 0) missing = lengthOf(piece);
    missing -= piece.length;
    if (missing <= 0) {
      missing = 0;
      answer(socket);
    }
  });
});

/** Of a request whose head is all in its first piece, as it is with every client measured here. */
function lengthOf(piece: Buffer): number {
  const end = piece.indexOf("\r\n\r\n") + 4;
  return end + Number(/content-length: (\d+)/i.exec(piece.toString("latin1", 0, end))?.[1] ?? 0);
}

if (delayMs > 0) {
  setInterval(() => {
    const now = performance.now();
    const count = due.findIndex(({ at }) => at > now);
    for (const { socket } of due.splice(0, count < 0 ? due.length : count)) if (socket.writable) socket.write(OK);
  }, 1);
}
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.send?.(address.port);
});
process.on("disconnect", () => process.exit(0));
