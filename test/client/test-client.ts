// A client whose events queue up and whose time stands still until the test moves it.
import { WebSocket } from "ws";
import type { Client } from "#client/client.ts";
import type { ClientEvents } from "#client/client-events.ts";
import { type ConnectOptions, connect } from "#client/connect.ts";
import type { Entry } from "#protocol/messages.ts";
import { ManualTimers } from "./manual-timers.ts";
import { Queue } from "./queue.ts";

export interface TestClient {
  readonly client: Client;
  readonly timers: ManualTimers;
  readonly states: Queue<ClientEvents["state"]>;
  readonly messages: Queue<ClientEvents["message"]>;
  /** Messages, edits and deletions in the order in which they came. */
  readonly entries: Queue<Entry>;
  readonly typing: Queue<ClientEvents["typing"]>;
  readonly receipts: Queue<ClientEvents["receipt"]>;
  readonly conversations: Queue<ClientEvents["conversations"]>;
  readonly presence: Queue<ClientEvents["presence"]>;
  readonly joined: Queue<ClientEvents["joined"]>;
  readonly gaps: Queue<ClientEvents["gap"]>;
  readonly problems: Queue<ClientEvents["problem"]>;
  /** The next time the connection has this state. */
  state(status: ClientEvents["state"]["status"]): Promise<ClientEvents["state"]>;
  /** Waits out the delay before the next attempt. */
  retry(): Promise<void>;
}

export function testClient(options: Partial<ConnectOptions> & { readonly url: string }): TestClient {
  const timers = new ManualTimers();
  const client = connect({ webSocket: WebSocket, timers, random: () => 0.5, ...options });
  const states = queueOf(client, "state");
  const state: TestClient["state"] = (status) => states.find((one) => one.status === status);
  return {
    client,
    timers,
    states,
    messages: queueOf(client, "message"),
    entries: entriesOf(client),
    typing: queueOf(client, "typing"),
    receipts: queueOf(client, "receipt"),
    conversations: queueOf(client, "conversations"),
    presence: queueOf(client, "presence"),
    joined: queueOf(client, "joined"),
    gaps: queueOf(client, "gap"),
    problems: queueOf(client, "problem"),
    state,
    async retry() {
      const closed = await state("closed");
      if (closed.status === "closed" && closed.retryInMs !== undefined) timers.advance(closed.retryInMs);
    },
  };
}

function queueOf<Name extends keyof ClientEvents>(client: Client, name: Name): Queue<ClientEvents[Name]> {
  const queue = new Queue<ClientEvents[Name]>();
  client.on(name, (value) => queue.push(value));
  return queue;
}

function entriesOf(client: Client): Queue<Entry> {
  const queue = new Queue<Entry>();
  for (const type of ["message", "edit", "deletion"] as const) client.on(type, (entry) => queue.push(entry));
  return queue;
}
