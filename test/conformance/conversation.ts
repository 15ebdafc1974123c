// A client of the probe function, and what it lets a test see.
import { randomUUID } from "node:crypto";
import type { ClientOptions } from "ws";
import { connectClient, type TestClient } from "../local/support/test-client.ts";
import { urlOf } from "./target.ts";

export interface GatewayEvent {
  readonly [key: string]: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly requestContext: Readonly<Record<string, unknown>> & {
    readonly connectionId: string;
    readonly connectedAt: number;
    readonly authorizer?: Readonly<Record<string, unknown>>;
  };
}

/** Of 16 characters that decode to 11 bytes (§2.5). */
export const idPattern = /^[A-Za-z0-9_-]{15}=$/;

export const uniqueName = (): string => randomUUID();

/** Connected to the main stage. `query` tells `$connect` what to do. */
export async function connected(
  context: Mocha.Context,
  query: Readonly<Record<string, string>> = {},
  options: { protocols?: string[]; client?: ClientOptions } = {},
): Promise<TestClient> {
  const url = await urlOf(context);
  const search = new URLSearchParams(query).toString();
  return await connectClient(search === "" ? url : `${url}?${search}`, options.protocols, options.client);
}

/** The event a message becomes, from the function that got it. */
export async function eventOf(
  client: TestClient,
  message: object | string = { action: "event" },
): Promise<GatewayEvent> {
  client.send(message);
  return JSON.parse(await client.next());
}

export async function connectionIdOf(client: TestClient): Promise<string> {
  return (await eventOf(client)).requestContext.connectionId;
}

/** What was kept under the key, asked for by a client that is there for this alone. */
export async function recalled<T = GatewayEvent>(context: Mocha.Context, key: string): Promise<T> {
  const observer = await connected(context);
  observer.send({ action: "recall", key });
  const value = JSON.parse(await observer.next());
  await observer.close();
  if (value === null) throw new Error(`Nothing was kept as ${key} within five seconds.`);
  return value;
}

/** The `$connect` event of a new connection, and the connection. */
export async function connectEvent(
  context: Mocha.Context,
  query: Readonly<Record<string, string>> = {},
  options: Parameters<typeof connected>[2] = {},
): Promise<{ event: GatewayEvent; client: TestClient }> {
  const name = uniqueName();
  const client = await connected(context, { name, ...query }, options);
  return { event: await recalled(context, `${name}/CONNECT`), client };
}
