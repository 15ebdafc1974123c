// A stand-in for `@connections` in a process of its own: 200 to every POST after some milliseconds, and a careful look at what comes: how many in
// any second, in which order for each connection, how long after it was sent.
import { createServer, type Socket } from "node:net";
import type { Entry } from "#protocol/messages.ts";
import type { Seen } from "./fanout-seen.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n";
const BUCKET_MS = 10;
const delayMs = Number(process.argv[2]);
const due: { readonly at: number; readonly socket: Socket }[] = [];

let frames = 0;
let bytes = 0;
let outOfOrder = 0;
let lastAt = 0;
let latencies: number[] = [];
let buckets = new Map<number, number>();
let newest = new Map<string, number>();

/** What has a seq of its own; presence, typing and receipts have none. */
function entriesIn(frame: { type: string; entries: Entry[] } | Entry): readonly Entry[] {
  if ("entries" in frame) return frame.entries;
  return "sentAt" in frame ? [frame] : [];
}

function look(connectionId: string, body: string): void {
  frames++;
  bytes += Buffer.byteLength(body);
  lastAt = Date.now();
  const bucket = Math.floor(lastAt / BUCKET_MS);
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  const frame = JSON.parse(body);
  for (const { seq, sentAt } of entriesIn(frame)) {
    if (seq !== (newest.get(connectionId) ?? seq - 1) + 1) outOfOrder++;
    newest.set(connectionId, seq);
    latencies.push(lastAt - Date.parse(sentAt));
  }
}

/** The most in any second. */
function mostPerSecond(): number {
  const [first = 0] = buckets.keys();
  const last = Math.floor(lastAt / BUCKET_MS);
  const window = 1000 / BUCKET_MS;
  let sum = 0;
  let most = 0;
  for (let at = first; at <= last; at++) {
    sum += (buckets.get(at) ?? 0) - (buckets.get(at - window) ?? 0);
    most = Math.max(most, sum);
  }
  return most;
}

process.on("message", () => {
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  const seen: Seen = {
    frames,
    bytes,
    outOfOrder,
    mostPerSecond: mostPerSecond(),
    lastAt,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    entries: latencies.length,
  };
  process.send?.(seen);
  frames = bytes = outOfOrder = lastAt = 0;
  latencies = [];
  buckets = new Map();
  newest = new Map();
});

const server = createServer({ noDelay: true }, (socket) => {
  let received: Buffer[] = [];
  let head = "";
  let missing = 0;
  socket.on("error", () => {});
  socket.on("data", (piece) => {
    let body = piece;
    if (head === "") {
      // of a request whose head is all in its first piece, as it is with every client measured here
      const end = piece.indexOf("\r\n\r\n") + 4;
      head = piece.toString("latin1", 0, end);
      missing = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      body = piece.subarray(end);
    }
    received.push(body);
    missing -= body.length;
    if (missing > 0) return;
    look(/@connections\/(\S+)/.exec(head)?.[1] ?? "", Buffer.concat(received).toString());
    received = [];
    head = "";
    due.push({ at: performance.now() + delayMs, socket });
  });
});

setInterval(() => {
  const now = performance.now();
  const count = due.findIndex(({ at }) => at > now);
  for (const { socket } of due.splice(0, count < 0 ? due.length : count)) if (socket.writable) socket.write(OK);
}, 1);

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.send?.(address.port);
});
process.on("disconnect", () => process.exit(0));
