// The floor: `ws` alone. It echoes, and sends what starts a broadcast to everybody.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false }, () => {
  const address = server.address();
  if (typeof address === "object" && address) console.log(`ready ws://127.0.0.1:${address.port}`);
});
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const text = data.toString();
    const receivers = text.startsWith('{"action":"broadcast') ? server.clients : [socket];
    for (const one of receivers) one.send(text);
  });
});
process.on("SIGINT", () => process.exit(0));
