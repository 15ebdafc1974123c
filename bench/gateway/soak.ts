// `npm run bench soak`: connections that come and go, messages, and functions whose code changes, for a while; memory has to stay flat.
import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { buildLocal } from "#scripts/build-local.ts";
import { root } from "#scripts/root.ts";
import { figure } from "../print-table.ts";
import { type EchoStack, writeEchoStack } from "./echo-stack.ts";
import { startGateway } from "./servers.ts";
import { verdict } from "./soak-verdict.ts";

const CLIENTS = 50;
/** Of one connection, which then closes and comes back. */
const MESSAGES = 20;
const ECHO = '{"action":"echo","text":"hello"}';
const POST = '{"action":"post","text":"hello"}';
const PAUSE_MS = 20;
const REPORT_MS = 30_000;
/** A message that is lost ends the soak. */
const PATIENCE_MS = 20_000;

export async function benchSoak(minutes: number): Promise<void> {
  await buildLocal(root);
  const stack = await writeEchoStack({ lifecycle: true });
  const gateway = await startGateway(stack.file, "--watch");
  const churn = new Churn(gateway.url);
  try {
    console.log(`\nSoak of ${minutes} minutes: ${CLIENTS} clients that come, exchange ${MESSAGES} messages and go\n`);
    const resident: number[] = [];
    const running = churn.run();
    const startedAt = performance.now();
    while (performance.now() - startedAt < minutes * 60_000) {
      await Promise.race([delay(Math.min(REPORT_MS, minutes * 15_000)), running]);
      const mebibytes = gateway.residentMiB() ?? Number.NaN;
      resident.push(mebibytes);
      console.log(
        `${figure((performance.now() - startedAt) / 1000).padStart(6)} s  ${figure(mebibytes).padStart(4)} MiB  ${churn.summary()}`,
      );
      await changeCode(stack);
    }
    churn.stop();
    await running;
    console.log(`\n${verdict(resident)}`);
  } finally {
    await gateway.stop();
    await stack.remove();
  }
}

/** Its workers end, and new ones load it. */
async function changeCode({ functionFile }: EchoStack): Promise<void> {
  for (const name of ["echo", "sdk"] as const) await appendFile(functionFile(name), "\n// changed\n");
}

class Churn {
  readonly #url: string;
  #stopped = false;
  #connections = 0;
  #messages = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#comeAndGo()));
  }

  stop(): void {
    this.#stopped = true;
  }

  summary(): string {
    return `${figure(this.#connections)} connections, ${figure(this.#messages)} messages so far`;
  }

  async #comeAndGo(): Promise<void> {
    while (!this.#stopped) {
      const socket = new WebSocket(this.#url);
      await once(socket, "open");
      this.#connections++;
      for (let sent = 0; sent < MESSAGES && !this.#stopped; sent++) {
        await exchange(socket, sent % 2 === 0 ? ECHO : POST);
        this.#messages++;
        await delay(PAUSE_MS);
      }
      // now and then without a word
      if (this.#connections % 5 === 0) socket.terminate();
      else socket.close();
      await once(socket, "close");
    }
  }
}

async function exchange(socket: WebSocket, frame: string): Promise<void> {
  const answered = once(socket, "message", { signal: AbortSignal.timeout(PATIENCE_MS) });
  socket.send(frame);
  const [data] = await answered;
  if (String(data) !== frame) throw new Error(`instead of ${frame} came ${String(data)}`);
}
