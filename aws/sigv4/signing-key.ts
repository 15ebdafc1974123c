// The key of a day: four HMACs that are the same for every request of that day, region, service and credentials.
import { createHmac } from "node:crypto";

/** What a key is good for. */
export interface KeyScope {
  /** `20260830` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

export function signingKey(secretAccessKey: string, { day, region, service }: KeyScope): Buffer {
  return [day, region, service, "aws4_request"].reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

/** Around midnight, and while credentials change, two keys take turns. */
const MOST_KEYS = 4;

export class SigningKeys {
  readonly #keys = new Map<string, Buffer>();

  get(secretAccessKey: string, scope: KeyScope): Buffer {
    const name = `${scope.day}/${scope.region}/${scope.service}/${secretAccessKey}`;
    const known = this.#keys.get(name);
    if (known) return known;
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size >= MOST_KEYS) this.#keys.delete(oldest);
    const key = signingKey(secretAccessKey, scope);
    this.#keys.set(name, key);
    return key;
  }
}
