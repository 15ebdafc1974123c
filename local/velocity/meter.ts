// How long one rendering may take, and how much it may make: a template's author may write a loop in a loop, and a client the
// text that a regular expression takes for ever with.
import { type Context, createContext, Script } from "node:vm";

export interface TemplateLimits {
  readonly timeMs: number;
  /** Characters and elements of all that is made on the way. */
  readonly made: number;
  /** Of one `#foreach`; it then ends. AWS documents the number for REST APIs. */
  readonly iterations: number;
}

export const defaultTemplateLimits: TemplateLimits = { timeMs: 1_000, made: 4_000_000, iterations: 1_000 };

export class Meter {
  readonly limits: TemplateLimits;
  readonly #end: number;
  #made = 0;

  constructor(limits: TemplateLimits) {
    this.limits = limits;
    this.#end = performance.now() + limits.timeMs;
  }

  /** Counts what is made; to be called before it is, where it could be large. */
  readonly made = (size: number): void => {
    this.#made += size;
    if (this.#made > this.limits.made)
      throw new Error(`the template makes more than ${this.limits.made} characters and elements`);
  };

  /** To be called in every round of a loop. */
  checkTime(): void {
    if (performance.now() > this.#end) throw this.#tooLong();
  }

  /** For what cannot be asked on the way: Node ends what a script runs when its time is over, a regular expression too. */
  withinTime<T>(work: () => T): T {
    const timeout = Math.ceil(this.#end - performance.now());
    if (timeout < 1) throw this.#tooLong();
    clockwork ??= { box: createContext({}), script: new Script("work()") };
    clockwork.box.work = work;
    try {
      return clockwork.script.runInContext(clockwork.box, { timeout }) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw this.#tooLong();
    } finally {
      clockwork.box.work = undefined;
    }
  }

  #tooLong(): Error {
    return new Error(`the template runs longer than ${this.limits.timeMs} ms`);
  }
}

let clockwork: { readonly box: Context; readonly script: Script } | undefined;
