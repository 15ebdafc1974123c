// A stand-in in front of the database, in a process of its own: it makes up the pages of a room that is too large to be stored here, and hands
// everything else on. A pump in front of it does all that it does in front of DynamoDB.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { memberId } from "./fill-room.ts";

const [, , databasePort, members] = process.argv.map(Number);

function page(after: string | undefined, limit: number): string {
  const from = after === undefined ? 0 : Number(after.replace(/\D/g, "")) + 1;
  const to = Math.min(Number(members), from + limit);
  const ttl = { N: String(Math.floor(Date.now() / 1000) + 9_000) };
  const Items = Array.from({ length: to - from }, (_, at) => {
    const id = memberId(from + at);
    return { connectionId: { S: id }, userId: { S: `user of ${id}` }, dialect: { S: "native" }, ttl };
  });
  const last = { conversationShard: { S: "" }, connectionId: { S: memberId(to - 1) } };
  return JSON.stringify({ Count: Items.length, Items, ...(to < Number(members) ? { LastEvaluatedKey: last } : {}) });
}

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.concat(await incoming.toArray());
  const { KeyConditionExpression, ExclusiveStartKey, Limit } = JSON.parse(body.toString());
  if (KeyConditionExpression === "conversationShard = :shard") {
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0" });
    response.end(page(ExclusiveStartKey?.connectionId.S, Limit));
    return;
  }
  const { method, url, headers } = incoming;
  const handedOn = request({ port: databasePort, host: "127.0.0.1", method, path: url, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(response);
  });
  handedOn.end(body);
}

const server = createServer((incoming, response) => void answer(incoming, response));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit(0));
