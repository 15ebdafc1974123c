// Tells how far we have received and read each conversation: only the furthest seq, what was read not also as delivered, and at most
// once a second for each conversation – every receipt is a request, and a push to all the others.
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import type { Cancel, Timers } from "./timers.ts";

export const RECEIPTS = {
  quietMs: 1_000,
  /** In a room each member's receipt goes to all the others: beyond so many people none is sent that the app did not ask for. */
  mostPeople: 20,
} as const;

export interface ReceiptPorts {
  readonly timers: Timers;
  readonly requests: Pick<Requests, "askHere">;
}

type Kind = "delivered" | "read";

interface Marks {
  readonly reached: Record<Kind, number>;
  readonly told: Record<Kind, number>;
  wait: Cancel | undefined;
}

export class Receipts {
  readonly #ports: ReceiptPorts;
  readonly #marks = new Map<string, Marks>();
  #isOpen = false;

  constructor(ports: ReceiptPorts) {
    this.#ports = ports;
  }

  note(conversation: string, kind: Kind, seq: number): void {
    const marks = this.#marks.get(conversation) ?? newMarks();
    this.#marks.set(conversation, marks);
    marks.reached[kind] = Math.max(marks.reached[kind], seq);
    this.#tellSoon(conversation, marks);
  }

  /** The connection is set up: what could not be told is told now. */
  open(): void {
    this.#isOpen = true;
    for (const [conversation, marks] of this.#marks) this.#tellSoon(conversation, marks);
  }

  pause(): void {
    this.#isOpen = false;
    for (const marks of this.#marks.values()) stopWaiting(marks);
  }

  forget(conversation: string): void {
    const marks = this.#marks.get(conversation);
    if (marks !== undefined) stopWaiting(marks);
    this.#marks.delete(conversation);
  }

  #tellSoon(conversation: string, marks: Marks): void {
    if (!this.#isOpen || marks.wait !== undefined || newsOf(marks) === undefined) return;
    marks.wait = this.#ports.timers.after(RECEIPTS.quietMs, () => {
      marks.wait = undefined;
      const kind = newsOf(marks);
      if (kind !== undefined) void this.#tell(conversation, marks, kind);
      this.#tellSoon(conversation, marks);
    });
  }

  async #tell(conversation: string, { reached, told }: Marks, kind: Kind): Promise<void> {
    const before = told[kind];
    const seq = reached[kind];
    told[kind] = seq;
    try {
      await this.#ports.requests.askHere({ action: "receipt", conversation, seq, kind });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // told on the next connection; any other failure is not worth a repetition, as the next receipt covers this one
      if (error.code === "closed" && told[kind] === seq) told[kind] = before;
    }
  }
}

function newMarks(): Marks {
  return { reached: { delivered: 0, read: 0 }, told: { delivered: 0, read: 0 }, wait: undefined };
}

/** What there is to tell. What was read was delivered. */
function newsOf({ reached, told }: Marks): Kind | undefined {
  if (reached.read > told.read) return "read";
  return reached.delivered > Math.max(told.delivered, told.read) ? "delivered" : undefined;
}

function stopWaiting(marks: Marks): void {
  marks.wait?.();
  marks.wait = undefined;
}
