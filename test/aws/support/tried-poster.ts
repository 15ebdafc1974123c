// The poster against a server that answers what a test says, in time that the test moves.
import { expect } from "chai";
import type { CredentialProvider } from "#aws/cached-credentials.ts";
import { type ConnectionPoster, connectionPoster, type PosterSettings } from "#aws/connection-poster.ts";
import { ManualTiming } from "./manual-timing.ts";
import { type Received, runScripted, type ScriptedServer } from "./scripted-server.ts";

export const ID = "R1k_-9bFIAMCJ1A=";
export const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };

/** Started by each test of a suite, and closed after it. */
export function useTriedPoster() {
  let server: ScriptedServer;
  let poster: ConnectionPoster;
  let timing: ManualTiming;
  let failures: { readonly connectionId: string; readonly message: string }[];

  const start = async (
    reply: (request: Received, count: number) => string | undefined,
    changes: Partial<PosterSettings> = {},
    provider: CredentialProvider = async () => credentials,
  ) => {
    failures = [];
    timing = new ManualTiming();
    server = await runScripted(reply);
    poster = connectionPoster({
      client: { config: { region: async () => "eu-central-1", credentials: provider } },
      endpoint: server.origin.href,
      onFailure: (connectionId, { message }) => failures.push({ connectionId, message }),
      timing,
      ...changes,
    });
  };

  afterEach(async () => {
    poster.close();
    await server.close();
    expect(timing.pending, "timers that nobody waits for").to.deep.equal([]);
  });

  return {
    start,
    get server() {
      return server;
    },
    get poster() {
      return poster;
    },
    get timing() {
      return timing;
    },
    get failures() {
      return failures;
    },
  };
}

export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ""): string {
  const all = { ...headers, "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n${body}`;
}
