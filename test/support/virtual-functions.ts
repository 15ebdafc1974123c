// The functions of a world in virtual time, as Lambda runs them: calls take a while, an event may be run twice, a function may be killed at any
// call, a store may be throttled for a while; and an event whose function failed is tried again after one minute and after two more.
import { type PumpReport, pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import type { Around, ChatWorld, Instance, InstanceSettings } from "./chat-world.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface Faults {
  /** How many runs are killed, at one of their first calls. */
  readonly killed: number;
  /** How many events are run a second time. */
  readonly twice: number;
  /** How many events are not tried again. */
  readonly lost: number;
  /** How many calls to the store are throttled. */
  readonly throttled: number;
  /** How many calls stand still, so long that another takes over. */
  readonly stalled: number;
}

export const NO_FAULTS: Faults = { killed: 0, twice: 0, lost: 0, throttled: 0, stalled: 0 };

/** As long as a pump tries one member. */
const POST_BUDGET_MS = 1_000;
const RETRIES_AFTER_MS = [60_000, 120_000];
const TIMEOUT_MS = 300_000;
const STALL_MS = 40_000;

interface Run {
  readonly instance: Instance;
  /** Settles when it is killed. */
  readonly killed: Promise<undefined>;
}

export class VirtualFunctions {
  faults = NO_FAULTS;
  /** What new pumps are run with. */
  pumpSettings: () => InstanceSettings = () => ({});
  readonly reports: PumpReport[] = [];
  /** Events under way, those that wait for a retry included. */
  #pending = 0;
  readonly #world: ChatWorld;
  readonly #time: VirtualTime;
  readonly #random: () => number;

  constructor(world: ChatWorld, time: VirtualTime, random: () => number) {
    this.#world = world;
    this.#time = time;
    this.#random = random;
  }

  get areIdle(): boolean {
    return this.#pending === 0;
  }

  /** An instance of the message function; what it is asked may be asked at the same time. */
  instance(settings: InstanceSettings = {}): Instance {
    return this.#world.instance((call, make) => this.#made(call, make), settings);
  }

  /** The answer of the message function, or undefined when it was killed. */
  async ask(instance: Instance, settings: InstanceSettings, connectionId: string, frame: object) {
    if (this.#random() >= this.faults.killed) return instance.say(connectionId, frame);
    const run = this.#mortal(settings);
    return Promise.race([run.instance.say(connectionId, frame), run.killed]);
  }

  /** A call, by which time passes. */
  async #made<T>(call: string, make: () => Promise<T>): Promise<T> {
    await this.#time.sleep(this.#latencyMs());
    if (call.endsWith("Command") && this.#random() < this.faults.throttled) {
      throw Object.assign(new Error("slow down"), { name: "ThrottlingException" });
    }
    const answer = await this.#time.call(make);
    if (call === "Post" && (answer === "throttled" || answer === "failed")) await this.#time.sleep(POST_BUDGET_MS);
    if (call === "Invoke") for (const order of this.#world.orders.splice(0)) void this.#event(order);
    return answer;
  }

  /** One of ten calls is slow. */
  #latencyMs(): number {
    if (this.#random() < this.faults.stalled) return STALL_MS;
    return this.#random() < 0.1 ? 20 + 80 * this.#random() : 2 + 8 * this.#random();
  }

  async #event(order: PumpOrder): Promise<void> {
    this.#pending++;
    const again = this.#random() < this.faults.twice ? [this.#tried(order)] : [];
    await Promise.all([this.#tried(order), ...again]);
    this.#pending--;
  }

  async #tried(order: PumpOrder): Promise<void> {
    const retries = this.#random() < this.faults.lost ? [] : RETRIES_AFTER_MS;
    for (const retryAfterMs of [...retries, undefined]) {
      await this.#time.sleep(5 + 50 * this.#random());
      if ((await this.#pumped(order)) || retryAfterMs === undefined) return;
      await this.#time.sleep(retryAfterMs);
    }
  }

  /** False when it failed or was killed. */
  async #pumped(order: PumpOrder): Promise<boolean> {
    const settings = this.pumpSettings();
    const run = this.#random() < this.faults.killed ? this.#mortal(settings) : undefined;
    const { ports } = run?.instance ?? this.instance(settings);
    const startedAt = this.#time.elapsed;
    const pumping = pump(ports, order, {
      remainingMs: () => startedAt + TIMEOUT_MS - this.#time.elapsed,
      wait: (ms) => this.#time.sleep(ms),
    });
    const report = await Promise.race([pumping.catch(() => undefined), ...(run ? [run.killed] : [])]);
    if (report) this.reports.push(report);
    return report !== undefined;
  }

  /** Stops for ever at one of its first calls, before or after that took effect. */
  #mortal(settings: InstanceSettings): Run {
    const at = 1 + Math.floor(this.#random() * 25);
    const isBefore = this.#random() < 0.5;
    let calls = 0;
    let die: (value: undefined) => void = () => {};
    const killed = new Promise<undefined>((resolve) => {
      die = resolve;
    });
    const stop = () => {
      die(undefined);
      return new Promise<never>(() => {});
    };
    const around: Around = async (call, make) => {
      const number = ++calls;
      if (number > at || (isBefore && number === at)) return stop();
      const answer = await this.#made(call, make);
      return calls > at || number === at ? stop() : answer;
    };
    return { instance: this.#world.instance(around, settings), killed };
  }
}
