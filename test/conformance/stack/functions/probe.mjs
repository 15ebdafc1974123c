// @ts-nocheck: deployed as it is, without a build.
// One function for most routes: does what the client tells it, and keeps the events of `$connect` and `$disconnect`, which no
// client can see, until one asks for them.
import { setTimeout as wait } from "node:timers/promises";
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from "@aws-sdk/client-apigatewaymanagementapi";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const TableName = process.env.TABLE;

export const handler = async (event) => {
  switch (event.requestContext.eventType) {
    case "CONNECT":
      return await connect(event);
    case "DISCONNECT":
      return await keep(`${event.requestContext.connectionId}/DISCONNECT`, event);
    default:
      return await message(event);
  }
};

/** `?name=` is what the client calls itself; the rest of the query says how to answer. */
async function connect(event) {
  const { name, waitMs, post, fail, result, ...answer } = event.queryStringParameters ?? {};
  const { connectionId } = event.requestContext;
  await keep(`${name ?? connectionId}/CONNECT`, event);
  if (post) await keep(`${name}/POST`, await tryToPost(event, connectionId, "too early"));
  if (waitMs) await wait(Number(waitMs));
  if (fail) throw new Error(fail);
  if (result) return { none: undefined, text: "hello", empty: {}, word: { statusCode: "fine" } }[result];
  const { status = "200", protocol, protocolHeader = "Sec-WebSocket-Protocol" } = answer;
  const headers = { "X-Extra": "dropped", "Set-Cookie": "a=b", ...(protocol && { [protocolHeader]: protocol }) };
  return { statusCode: Number(status), headers, body: "dropped too" };
}

async function message(event) {
  const { action, ...told } = parsed(event.body);
  const reply = (value) => ({ statusCode: 200, body: JSON.stringify(value) });
  if (action === "recall") return reply(await recall(told.key));
  if (action === "post" || action === "unprivileged") return reply(await tryToPost(event, told.to, told.data));
  if (told.waitMs) await wait(told.waitMs);
  if (told.key) await keep(told.key, event);
  if (told.fail) throw new Error(told.fail);
  return "result" in told ? told.result : reply(event);
}

/** As AWS's documentation builds the address of the management API. */
async function tryToPost({ requestContext: { domainName, stage } }, ConnectionId, Data) {
  const client = new ApiGatewayManagementApiClient({ endpoint: `https://${domainName}/${stage}`, maxAttempts: 1 });
  try {
    // Some report that a post to the caller's own pending connection hangs.
    await client.send(new PostToConnectionCommand({ ConnectionId, Data }), { abortSignal: AbortSignal.timeout(2000) });
    return { status: 200 };
  } catch (error) {
    return { name: error.name, message: error.message, status: error.$metadata?.httpStatusCode };
  }
}

async function keep(key, value) {
  const Item = { key: { S: key }, value: { S: JSON.stringify(value) } };
  await dynamodb.send(new PutItemCommand({ TableName, Item }));
  return { statusCode: 200 };
}

/** null if it does not come within five seconds. */
async function recall(key) {
  for (let tries = 0; tries < 50; tries += 1) {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName, Key: { key: { S: key } }, ConsistentRead: true }),
    );
    if (Item) return JSON.parse(Item.value.S);
    await wait(100);
  }
  return null;
}

function parsed(body) {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}
