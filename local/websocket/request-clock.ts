// When a request came, in the two forms of every event. The text changes once a second, so it is made once a second.
import type { Clock } from "#local/clock.ts";
import { type IdEndings, IdSource } from "./ids.ts";
import type { RequestFacts } from "./lambda-event.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export class RequestClock {
  readonly ids: IdSource;
  readonly #clock: Clock;
  #second = Number.NaN;
  #text = "";

  constructor(clock: Clock) {
    this.#clock = clock;
    this.ids = new IdSource(clock);
  }

  newRequest({ request }: IdEndings): RequestFacts {
    const requestTimeEpoch = this.#clock.now();
    return { requestId: this.ids.next(request), requestTime: this.#textOf(requestTimeEpoch), requestTimeEpoch };
  }

  #textOf(time: number): string {
    const second = Math.floor(time / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = commonLogTime(new Date(time));
    }
    return this.#text;
  }
}

/** `19/Feb/2024:07:11:42 +0000` */
function commonLogTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, "0");
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
