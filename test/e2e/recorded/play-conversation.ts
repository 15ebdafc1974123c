// Plays a recorded conversation against a running product. It fails on a frame that does not come, on one that is different and on one
// that nobody expects, and says at which step.
import { connectClient, refusedHandshake, type TestClient } from "#test/local/support/test-client.ts";
import type { Conversation, Step } from "./conversation.ts";
import { type Bindings, difference, filled } from "./match-frame.ts";

export async function playConversation(
  { name, steps }: Conversation,
  webSocketUrl: string,
  { patienceMs = 5000 }: { readonly patienceMs?: number } = {},
): Promise<void> {
  const stage: Stage = { webSocketUrl, patienceMs, clients: new Map(), bindings: new Map() };
  try {
    for (const [at, step] of steps.entries()) {
      await play(step, stage).catch((error: Error) => {
        throw new Error(`${name}.json, step ${at + 1}, ${JSON.stringify(step)}: ${error.message}`);
      });
    }
    for (const [who, client] of stage.clients) {
      await expectSilence(client, stage).catch((error: Error) => {
        throw new Error(`${name}.json, at the end, ${who}: ${error.message}`);
      });
    }
  } finally {
    await Promise.all([...stage.clients.values()].map((client) => client.close()));
  }
}

interface Stage {
  readonly webSocketUrl: string;
  readonly patienceMs: number;
  readonly clients: Map<string, TestClient>;
  readonly bindings: Bindings;
}

async function play(step: Step, stage: Stage): Promise<void> {
  const { clients, bindings } = stage;
  if ("isRefused" in step) {
    const { status } = await refusedHandshake(`${stage.webSocketUrl}${step.opens}`);
    if (status !== step.isRefused) throw new Error(`refused with ${status}`);
  } else if ("opens" in step) {
    if (clients.has(step.who)) throw new Error("is open already");
    clients.set(step.who, await connectClient(`${stage.webSocketUrl}${step.opens}`));
  } else if ("sends" in step) {
    clientOf(step, stage).send(filled(step.sends, bindings) as object | string);
  } else if ("gets" in step) {
    for (const expected of step.gets) await expectFrame(clientOf(step, stage), expected, stage);
  } else {
    const client = clientOf(step, stage);
    await expectSilence(client, stage);
    clients.delete(step.who);
    await client.close();
  }
}

function clientOf({ who }: Step, { clients }: Stage): TestClient {
  const client = clients.get(who);
  if (!client) throw new Error("is not open");
  return client;
}

async function expectFrame(client: TestClient, expected: unknown, stage: Stage): Promise<void> {
  const text = await nextFrame(client, expected, stage.patienceMs);
  const wrong = difference(expected, parsed(text), stage.bindings);
  if (wrong !== undefined) throw new Error(`${wrong}\n  in ${text}`);
}

/** Every frame of every system is JSON: its clients put each one through JSON.parse. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`a frame that is not JSON: ${JSON.stringify(text)}`);
  }
}

/**
 * Whatever was on its way comes before the answer to one more question. A request with a `requestId` is answered in every dialect,
 * and its answer is alike in all of them.
 */
async function expectSilence(client: TestClient, stage: Stage): Promise<void> {
  client.send({ action: "ping", requestId: "anything-left" });
  const answer = { type: "ack", action: "ping", at: "<time>", requestId: "anything-left" };
  const text = await nextFrame(client, answer, stage.patienceMs);
  const others =
    difference(answer, parsed(text), stage.bindings) === undefined ? client.unread : [text, ...client.unread];
  if (others.length > 0) throw new Error(`nobody expected ${others.join(" ")}`);
}

async function nextFrame(client: TestClient, expected: unknown, patienceMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<never>((_resolve, reject) => {
    const missing = () => reject(new Error(`within ${patienceMs} ms no frame like ${JSON.stringify(expected)}`));
    timer = setTimeout(missing, patienceMs);
  });
  const end = client.closed.then(({ code, reason }): never => {
    throw new Error(`the socket was closed with ${code} ${reason}, before a frame like ${JSON.stringify(expected)}`);
  });
  try {
    return await Promise.race([client.next(), end, impatience]);
  } finally {
    clearTimeout(timer);
    end.catch(() => {});
  }
}
