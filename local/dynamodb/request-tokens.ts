// `ClientRequestToken`: a transaction that is asked for again within ten minutes of its success is not done again.
import { createHash } from "node:crypto";
import { TransactionRefused } from "./transaction-refused.ts";

const rememberedMs = 10 * 60_000;

interface Known {
  readonly fingerprint: string;
  readonly until: number;
}

export class RequestTokens {
  readonly #now: () => number;
  readonly #running = new Map<string, string>();
  /** In the order in which they succeeded, so that the oldest are in front. */
  readonly #done = new Map<string, Known>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Does `first` once; for a repetition `again`. What failed may be tried again with the same token. */
  async once<T>(
    token: string,
    request: unknown,
    { first, again }: { first(): Promise<T>; again(): Promise<T> },
  ): Promise<T> {
    this.#forgetOld();
    const fingerprint = fingerprintOf(request);
    const running = this.#running.get(token);
    const known = running ?? this.#done.get(token)?.fingerprint;
    if (known !== undefined && known !== fingerprint) throw mismatch();
    if (running !== undefined) throw inProgress();
    if (known !== undefined) return await again();
    this.#running.set(token, fingerprint);
    try {
      const result = await first();
      this.#done.set(token, { fingerprint, until: this.#now() + rememberedMs });
      return result;
    } finally {
      this.#running.delete(token);
    }
  }

  /** How many are remembered. */
  get size(): number {
    return this.#done.size;
  }

  #forgetOld(): void {
    for (const [token, { until }] of this.#done) {
      if (until > this.#now()) return;
      this.#done.delete(token);
    }
  }
}

/** The same for the same parameters, in whatever order an SDK writes the members. */
function fingerprintOf(request: unknown): string {
  const sorted = JSON.stringify(request, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(sorted).digest("base64");
}

function mismatch(): TransactionRefused {
  return new TransactionRefused("IdempotentParameterMismatchException", {
    Message:
      "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
  });
}

function inProgress(): TransactionRefused {
  return new TransactionRefused("TransactionInProgressException", {
    Message: "Transaction from previous request is still in progress",
  });
}
