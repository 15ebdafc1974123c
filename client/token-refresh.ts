// Renews the identity of an open connection before it ends. The server says how long it lasts, so that nobody's clock has to be right.
import { reconnectDelayMs } from "./reconnect.ts";
import { RequestError } from "./request-error.ts";
import type { Requests } from "./requests.ts";
import type { Cancel, Timers } from "./timers.ts";
import type { Tokens } from "./tokens.ts";

export const TOKEN_REFRESH = {
  /** So long before the end it begins; of what lasts less than four times that, a quarter. */
  leadMs: 5 * 60_000,
  /** What lasts longer outlasts any connection (aws facts §5.1), and setTimeout. */
  mostMs: 24 * 60 * 60_000,
} as const;

export interface TokenRefreshPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly tokens: Tokens;
  readonly requests: Pick<Requests, "askHere">;
  /** The identity has ended: nothing is pushed to this connection any more. */
  ended(words: string): void;
  problem(error: RequestError): void;
}

export class TokenRefresh {
  readonly #ports: TokenRefreshPorts;
  #end: Cancel | undefined;
  #next: Cancel | undefined;
  /** Counts, so that what was begun for one identity does nothing to the next. */
  #round = 0;

  constructor(ports: TokenRefreshPorts) {
    this.#ports = ports;
  }

  /** True while the identity of the connection is known to end. */
  get isDue(): boolean {
    return this.#end !== undefined;
  }

  /** The server has taken a token. `seconds`: what it says of how long that holds. */
  begin(seconds: number | undefined): void {
    this.pause();
    const { timers, tokens, random } = this.#ports;
    const left = seconds ?? tokens.secondsLeft(timers.now());
    const leftMs = left === undefined ? undefined : left * 1000;
    if (leftMs === undefined || leftMs > TOKEN_REFRESH.mostMs) return;
    const words = "The token has expired, and there was no new one.";
    this.#end = timers.after(leftMs, () => this.#ports.ended(words));
    const leadMs = Math.min(TOKEN_REFRESH.leadMs, leftMs / 4);
    // not all clients of the same hour at the same moment
    this.#in(leftMs - leadMs * (0.75 + random() / 2), 0);
  }

  pause(): void {
    this.#round += 1;
    this.#end?.();
    this.#next?.();
    this.#end = undefined;
    this.#next = undefined;
  }

  #in(delayMs: number, attempt: number): void {
    this.#next = this.#ports.timers.after(delayMs, () => void this.#refresh(attempt));
  }

  async #refresh(attempt: number): Promise<void> {
    const { tokens, problem, random } = this.#ports;
    if (tokens.isFixed) return problem(failed("The token expires soon, and a fixed one cannot be renewed.", false));
    const round = this.#round;
    const again = await this.#renew(attempt, () => round === this.#round);
    if (again && round === this.#round) this.#in(reconnectDelayMs(attempt + 1, random), attempt + 1);
  }

  /** Whether to try again. */
  async #renew(attempt: number, isPresent: () => boolean): Promise<boolean> {
    const { tokens, requests, problem } = this.#ports;
    let token: string | undefined;
    try {
      token = await tokens.forRenewal();
    } catch (cause) {
      if (attempt === 0)
        problem(failed("No new token could be had; it is tried again until the old one expires.", true, cause));
      return true;
    }
    if (token === undefined || !isPresent()) return true;
    try {
      const { expiresInSeconds } = await requests.askHere({ action: "refresh", token });
      tokens.accepted(token);
      if (isPresent()) this.begin(expiresInSeconds);
      return false;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return this.#refusedWith(error, token);
    }
  }

  #refusedWith(error: RequestError, token: string): boolean {
    const { tokens, problem } = this.#ports;
    if (error.retryable) return true;
    // a deployment that asks for no tokens: ours need not be renewed
    if (error.code === "not_allowed") {
      this.pause();
      return false;
    }
    problem(new RequestError(error.code, `The new token was refused: ${error.message}`, false));
    return error.code === "unauthenticated" && tokens.refused(token);
  }
}

function failed(message: string, retryable: boolean, cause?: unknown): RequestError {
  return new RequestError("unauthenticated", message, retryable, { cause });
}
