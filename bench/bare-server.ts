// The floor: `ws` alone, echoing. Plain enough for Node to be run without a loader: `node --import tsx bench/bare-server.ts`.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false }, () => {
  const address = server.address();
  if (typeof address === "object" && address) console.log(`ready ws://127.0.0.1:${address.port}`);
});
server.on("connection", (socket) => {
  socket.on("message", (data) => socket.send(data.toString()));
});
process.on("SIGINT", () => process.exit(0));
