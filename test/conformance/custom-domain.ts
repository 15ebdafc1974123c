// A custom domain to ask: that of the stack in `domain/`, served here, or applied on AWS and named by the environment (README.md).
import { join } from "node:path";
import type { ClientOptions } from "ws";
import { type LocalStack, startLocal } from "#local/start-local.ts";
import { isRemote } from "./target.ts";

/** Where a client connects to, and what it has to say of itself there. */
export interface Address {
  readonly url: string;
  readonly options: ClientOptions;
  /** The name it is called by. */
  readonly host: string;
}

let started: Promise<LocalStack> | undefined;

function startedLocal(): Promise<LocalStack> {
  started ??= startLocal({ terraform: join(import.meta.dirname, "domain", "main.tf.json"), port: 0 });
  return started;
}

/** The domain, or the API's own name, which is disabled. Here nobody resolves either, so the Host header names it. */
export async function addressOf(context: Mocha.Context, name: "domain" | "disabled"): Promise<Address> {
  const variable = `CONFORMANCE_${name.toUpperCase()}_URL`;
  const url = isRemote ? process.env[variable] : await localUrl(name);
  if (url === undefined) {
    console.log(`      skipped: ${variable} is not set`);
    return context.skip();
  }
  const { host, pathname } = new URL(url);
  if (isRemote) return { url: url.replace(/\/$/, ""), options: {}, host };
  const here = new URL((await startedLocal()).urls[0] ?? "");
  return { url: `${here.origin}${pathname.replace(/\/$/, "")}`, options: { headers: { host } }, host };
}

async function localUrl(name: "domain" | "disabled"): Promise<string> {
  const { stack } = await startedLocal();
  if (name === "domain") return `wss://${stack.domains[0]?.name}`;
  return `wss://${stack.apis[0]?.id}.execute-api.${stack.region}.amazonaws.com/real`;
}

after(async () => {
  await (await started)?.close();
});
