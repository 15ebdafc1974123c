// Functions written by a test as source text, run by the real worker threads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Credentials } from "#local/iam/credentials.ts";
import type { InvokeResult } from "#local/lambda/invoker.ts";
import { type LambdaOptions, type LambdaService, startLambda } from "#local/lambda/lambda-service.ts";
import type { LambdaFunction } from "#local/stack.ts";
import { MemoryLogs } from "./running-gateway.ts";
import { buildFunction, region } from "./stack-builder.ts";

/** A directory that goes with the test. */
export class TestDirectory {
  readonly path = mkdtempSync(join(tmpdir(), "lambda-test-"));

  /** Files by name; the result is their directory. */
  write(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    const directory = join(this.path, name);
    mkdirSync(directory, { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), content);
    return directory;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface RunningLambda {
  readonly service: LambdaService;
  readonly logs: MemoryLogs;
  /** Of the function `f`. */
  readonly invoke: (event?: unknown) => Promise<InvokeResult>;
  /** Lines of the function `f`'s log group. */
  readonly lines: () => string[];
  close(): Promise<void>;
}

const group = "/aws/lambda/f";

/** `source` is the function `f`'s `index.mjs`, unless `changes` names other code. */
export async function runLambda(
  source: string,
  changes: Partial<LambdaFunction> = {},
  options: Partial<LambdaOptions> = {},
): Promise<RunningLambda> {
  const directory = new TestDirectory();
  const logs = new MemoryLogs();
  const code = directory.write("f", { "index.mjs": source });
  const service = await startLambda({
    functions: [buildFunction("f", { code, ...changes })],
    region,
    credentials: new Credentials(),
    logs,
    codeDirectory: join(directory.path, "unpacked"),
    ...options,
  });
  return {
    service,
    logs,
    invoke: (event = {}) => service.invoke("f", JSON.stringify(event)),
    lines: () => logs.of(group),
    async close() {
      await service.close();
      directory.remove();
    },
  };
}

/** The parsed payload of a success; anything else fails the test. */
export function payloadOf(result: InvokeResult): unknown {
  if (result.kind !== "success") throw new Error(`The function did not succeed: ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}
