// The person's name: the field, what the server says of it, and what this browser remembers.
import type { Client } from "#client/client.ts";
import { attempt } from "./attempt.ts";
import type { Identity } from "./identity.ts";
import { Setting } from "./setting.ts";

export class OwnName {
  readonly #client: Client;
  readonly #identity: Identity;
  readonly #renamed: (name: string) => void;
  readonly #setting = new Setting("name", (name, previous) => void this.#rename(name, previous));

  constructor(client: Client, identity: Identity, renamed: (name: string) => void) {
    this.#client = client;
    this.#identity = identity;
    this.#renamed = renamed;
    this.#setting.value = identity.name;
    this.#setting.decided = identity.nameIsFixed === true;
  }

  get value(): string {
    return this.#setting.value;
  }

  set usable(usable: boolean) {
    this.#setting.usable = usable;
  }

  /** The server has said who we are. One that a token gave is ours; without any, we give it the one we have. */
  arrived(): void {
    const { me } = this.#client;
    const name = me?.name;
    // not while somebody is writing another one
    if (name !== undefined && name !== this.value) this.#setting.value = name;
    if (name === undefined && !this.#identity.nameIsFixed) void this.#rename(this.value, this.value);
  }

  async #rename(name: string, previous: string): Promise<void> {
    const ack = await attempt(this.#client.setName(name));
    this.#setting.value = ack?.name ?? previous;
    if (ack === undefined) return;
    this.#identity.renamed?.(ack.name);
    this.#renamed(ack.name);
  }
}
