// A lease in the hands of the one pump that has it: kept in time, and believed no longer than it is certain. Whoever else takes it does so
// only after it has expired, so a pump that asks before each post never posts beside another.
import type { Clock } from "./ports.ts";
import type { Lease, Leases, PushProgress, Signalled } from "./pump-ports.ts";

const LEASE_MS = 20_000;
/** Kept again when less is left: well above what clocks may be apart, so that senders are sure that it is held. */
const KEEP_BELOW_MS = 12_000;
/** Not relied on any more when less is left: a post that begins now ends before. */
const SAFE_MS = 3_000;
const TRY_AGAIN_MS = 1_000;

type LeasePorts = { readonly leases: Leases; readonly clock: Clock };

export class HeldLease {
  readonly #ports: LeasePorts;
  readonly #lease: Lease;
  #until: number;
  #notBefore = 0;
  #taken = false;
  #keeping: Promise<void> | undefined;
  progress: PushProgress;
  #passedOver = 0;
  /** Noted with the progress. */
  signalled: Signalled | undefined;

  private constructor(ports: LeasePorts, lease: Lease, until: number) {
    this.#ports = ports;
    this.#lease = lease;
    this.#until = until;
    const { signalled, ...progress } = lease.progress;
    this.progress = progress;
    this.signalled = signalled;
  }

  /** undefined: another pump is at it. */
  static async take(ports: LeasePorts, conversation: string, shard: number): Promise<HeldLease | undefined> {
    const until = ports.clock.now() + LEASE_MS;
    const lease = await ports.leases.take(conversation, shard, until);
    return lease && new HeldLease(ports, lease, until);
  }

  /** What has to be pushed next comes after this. */
  get pushed(): number {
    return Math.max(this.#passedOver, this.progress.pushed ?? 0);
  }

  /** For as long as we have it: entries up to this one are not our business. */
  passOver(through: number): void {
    this.#passedOver = Math.max(this.#passedOver, through);
  }

  /** Another pump has it now. */
  get isTaken(): boolean {
    return this.#taken;
  }

  /** True when the next post may go out. Asked before each of them, so without a promise while there is nothing to wait for. */
  holds(): boolean | Promise<boolean> {
    const now = this.#ports.clock.now();
    if (this.#taken || this.#until - now >= KEEP_BELOW_MS || now < this.#notBefore) return this.#isSure();
    // many posts are under way at once: one of them asks
    this.#keeping ??= this.note(this.progress).finally(() => {
      this.#keeping = undefined;
    });
    return this.#keeping.then(() => this.#isSure());
  }

  #isSure(): boolean {
    return !this.#taken && this.#ports.clock.now() < this.#until - SAFE_MS;
  }

  /** Notes how far we are, and keeps the lease. A store that does not answer is asked again; until it expires the lease is ours. */
  async note(progress: PushProgress): Promise<void> {
    this.progress = progress;
    const until = this.#ports.clock.now() + LEASE_MS;
    try {
      if (await this.#ports.leases.keep(this.#lease, this.#toNote(), until)) this.#until = until;
      else this.#taken = true;
    } catch {
      this.#notBefore = this.#ports.clock.now() + TRY_AGAIN_MS;
    }
  }

  async free(): Promise<void> {
    if (!this.#taken) await this.#ports.leases.free(this.#lease, this.#toNote());
  }

  #toNote(): PushProgress {
    return this.signalled === undefined ? this.progress : { ...this.progress, signalled: this.signalled };
  }
}
