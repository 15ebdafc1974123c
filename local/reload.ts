// A running stack takes what its Terraform file says now. Sockets stay open; a file that cannot be served leaves all as it was.
import type { LambdaService } from "./lambda/lambda-service.ts";
import type { Stack } from "./stack.ts";
import { domainNames } from "./stage-urls.ts";
import type { Gateway } from "./websocket/gateway.ts";

export interface Reloaded {
  /** Names of the functions that start afresh, or are gone. */
  readonly functions: readonly string[];
  /** Whether routes, stages or anything else of the file has changed. */
  readonly stack: boolean;
  /** What has changed and is taken only at the next start. */
  readonly notTaken: readonly string[];
}

export class Reloader {
  /** As of now. */
  stack: Stack;
  /** Whose tables, region and account are there until the end. */
  readonly #started: Stack;
  readonly #read: () => Promise<Stack>;
  readonly #lambda: LambdaService;
  readonly #gateway: Gateway;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly stack: Stack;
    readonly read: () => Promise<Stack>;
    readonly lambda: LambdaService;
    readonly gateway: Gateway;
  }) {
    this.stack = options.stack;
    this.#started = options.stack;
    this.#read = options.read;
    this.#lambda = options.lambda;
    this.#gateway = options.gateway;
  }

  /** One after the other; rejects with a StackError for a file that cannot be served. */
  reload(): Promise<Reloaded> {
    const reloaded = this.#last.then(() => this.#take());
    this.#last = reloaded.catch(() => {});
    return reloaded;
  }

  /** Until what is under way is done; nothing may be closed before. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #take(): Promise<Reloaded> {
    const before = this.stack;
    const now = await this.#read();
    const functions = await this.#lambda.replace(now.functions, domainNames(now));
    const stack = !isSame(before, now);
    if (stack) this.#gateway.replace(now);
    this.stack = now;
    return { functions, stack, notTaken: notTaken(this.#started, now) };
  }
}

function notTaken(started: Stack, now: Stack): string[] {
  const changes: string[] = [];
  if (!isSame(started.tables, now.tables)) changes.push("the tables");
  if (started.region !== now.region || started.accountId !== now.accountId) changes.push("the region or account");
  return changes;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** One line for people; of what waits for a restart only when there is something new to say. */
export function describeReload({ functions, stack, notTaken: waiting }: Reloaded): string | undefined {
  const taken = [...functions, ...(stack && functions.length === 0 ? ["the stack"] : [])];
  if (taken.length === 0) return undefined;
  const parts = [`reloaded: ${taken.join(", ")}`];
  if (waiting.length > 0) parts.push(`${waiting.join(" and ")} changed too: restart to take that`);
  return parts.join("; ");
}
