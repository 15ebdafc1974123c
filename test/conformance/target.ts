// What the suite asks: the stack of this folder, served here, or applied on AWS and named by the environment (README.md).
import { join } from "node:path";
import { ApiGatewayManagementApiClient } from "@aws-sdk/client-apigatewaymanagementapi";
import { type LocalStack, startLocal } from "#local/start-local.ts";

/** Stages of the stack: each has another setting. */
export type StageName =
  | "main"
  | "narrow"
  | "closed"
  | "undeployed"
  | "bare"
  | "nested"
  | "sealed"
  | "guarded"
  | "signed"
  | "keyed"
  | "metered";

const remoteUrl = process.env.CONFORMANCE_URL;

/** Whether this is AWS, or another emulator. */
export const isRemote = remoteUrl !== undefined;

const anyKeys = { accessKeyId: "LOCAL", secretAccessKey: "any" };

export const isAws = /\.amazonaws\.com/.test(remoteUrl ?? "");

let started: Promise<LocalStack> | undefined;
const clients: ApiGatewayManagementApiClient[] = [];

function startedLocal(): Promise<LocalStack> {
  started ??= startLocal({ terraform: join(import.meta.dirname, "stack", "main.tf.json"), port: 0 });
  return started;
}

/** The address of a stage; undefined when the environment names none, and then its tests are skipped. */
export async function findUrl(stage: StageName): Promise<string | undefined> {
  if (isRemote) return stage === "main" ? remoteUrl : process.env[`CONFORMANCE_${stage.toUpperCase()}_URL`];
  return (await startedLocal()).urls.find((url) => url.endsWith(`/${stage}`));
}

export async function urlOf(context: Mocha.Context, stage: StageName = "main"): Promise<string> {
  const url = await findUrl(stage);
  if (url !== undefined) return url;
  console.log(`      skipped: CONFORMANCE_${stage.toUpperCase()}_URL is not set`);
  return context.skip();
}

/** The value of the stack's API key. */
export async function apiKeyOf(context: Mocha.Context): Promise<string> {
  const key = isRemote ? process.env.CONFORMANCE_API_KEY : localKey((await startedLocal()).stack.outputs.environment);
  if (key !== undefined) return key;
  console.log("      skipped: CONFORMANCE_API_KEY is not set");
  return context.skip();
}

/** As the variables of a shell would have it. */
function localKey(environment: unknown): string | undefined {
  return /^CONFORMANCE_API_KEY=(.*)$/m.exec(String(environment))?.[1];
}

/** The address of the management API of the main stage. */
export async function managementUrl(): Promise<string> {
  const base = isRemote ? process.env.CONFORMANCE_MANAGEMENT_URL : (await startedLocal()).managementUrls[0];
  return base ?? remoteUrl?.replace(/^ws/, "http") ?? "";
}

/** The SDK's client for the management API of the main stage, or of another path on the same host. */
export async function management(path = "main"): Promise<ApiGatewayManagementApiClient> {
  const base = await managementUrl();
  const endpoint = path === "main" ? base : new URL(path, base).href;
  const settings = isRemote ? {} : { region: "eu-west-1", credentials: anyKeys };
  const client = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: 1, ...settings });
  clients.push(client);
  return client;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
}

/** Whose keys the suite has: those of the SDK's chain, or any, for a developer's own are taken here. */
export async function signerOf(context: Mocha.Context): Promise<Signer> {
  if (!isRemote) return { ...anyKeys, region: "eu-west-1" };
  const { config } = await management();
  const region = await config.region();
  try {
    return { ...(await config.credentials()), region };
  } catch (error) {
    console.log(`      skipped: ${error instanceof Error ? error.message : error}`);
    return context.skip();
  }
}

/** For what cannot be asked for over the network. */
export function skipRemotely(context: Mocha.Context, reason: string): void {
  if (!isRemote) return;
  console.log(`      skipped: ${reason}`);
  context.skip();
}

after(async () => {
  for (const client of clients) client.destroy();
  await (await started)?.close();
});
