// Functions of a test, called in process: what the gateway hands over, and answers the test decides on.
import type { InvokeResult, Invoker } from "#local/lambda/invoker.ts";

// biome-ignore lint/suspicious/noExplicitAny: an event is whatever JSON the gateway made; tests look into it.
export type Event = any;

export interface Call {
  readonly functionName: string;
  readonly event: Event;
}

type Handler = (event: Event) => unknown;

export class FakeInvoker implements Invoker {
  readonly calls: Call[] = [];
  readonly #handlers: Readonly<Record<string, Handler>>;
  #wake: (() => void)[] = [];

  /** A function without a handler answers with status 200. */
  constructor(handlers: Readonly<Record<string, Handler>> = {}) {
    this.#handlers = handlers;
  }

  async invoke(functionName: string, payload: string): Promise<InvokeResult> {
    const event: Event = JSON.parse(payload);
    this.calls.push({ functionName, event });
    for (const wake of this.#wake.splice(0)) wake();
    const requestId = "11111111-2222-3333-4444-555555555555";
    try {
      const result = await (this.#handlers[functionName] ?? (() => ({ statusCode: 200 })))(event);
      return { kind: "success", requestId, payload: JSON.stringify(result ?? null) };
    } catch (error) {
      return { kind: "function-error", requestId, errorType: "Error", errorMessage: String(error) };
    }
  }

  /** The events of a function so far. */
  eventsOf(functionName: string): Event[] {
    return this.calls.filter((call) => call.functionName === functionName).map(({ event }) => event);
  }

  /** Waits for the `count`th call of a function. */
  async called(functionName: string, count = 1): Promise<Event> {
    for (;;) {
      const event = this.eventsOf(functionName)[count - 1];
      if (event) return event;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}
