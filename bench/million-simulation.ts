// One message to a room of any size, event by event: what the message function asks of the store, the start of the pumps, and of each pump its pages
// of members, its lanes, its CPU and its places in the stage's stream of posts. The engine's own numbers; what AWS takes for a call is assumed.

import { MEMBERS_PER_PAGE } from "#aws/dynamodb-memberships.ts";
import { shardOf } from "#aws/membership-shards.ts";
import { LATE_MS } from "#aws/stage-turns.ts";
import { PUMP_SOCKETS, RESERVE_SHARE } from "#functions/runtime/pump-ports.ts";
import { seededRandom } from "#local/chaos/chaos.ts";
import { memberId } from "./fill-room.ts";

/** Milliseconds, within a Region. A post takes `post.least` and, on average, `post.more`. */
export const ASSUMED = { storeCall: 5, memberPage: 10, invoke: 50, post: { least: 6, more: 6 } };
/** What a post costs a pump at full speed, pages and all, on the share of a core that a function of 1 GB has (aws facts §10.2). */
export const CPU_MS_PER_POST = 0.045 / (1_024 / 1_769);
/** Of `postsPerSecond`, what goes out evenly. */
export const EVEN_SHARE = 1 - RESERVE_SHARE;
/** The message function's calls before it starts pumps, and a pump's before its first page. */
const CALLS = { send: 6, pump: 3 };

export interface Room {
  readonly members: number;
  readonly shards: number;
  /** Of the whole stage. */
  readonly postsPerSecond: number;
}

export interface Simulated {
  /** From the request to the last post's answer. */
  readonly lastMemberMs: number;
  /** Of all pumps together, all of which take as long as the one with the largest shard. */
  readonly pumpMs: number;
  readonly pages: number;
  readonly sockets: number;
}

export function simulate({ members, shards, postsPerSecond }: Room): Simulated {
  const sockets = Math.min(PUMP_SOCKETS.most, Math.ceil(postsPerSecond / PUMP_SOCKETS.perSecond));
  const msPerPost = shards / ((postsPerSecond * EVEN_SHARE) / 1_000);
  const startedAt = CALLS.send * ASSUMED.storeCall + ASSUMED.invoke;
  const at = startedAt + CALLS.pump * ASSUMED.storeCall;
  const sizes = sizesOf(members, shards);
  const pump = new SimulatedPump({ sockets, msPerPost, random: seededRandom(members), at });
  const lastMemberMs = pump.post(Math.max(...sizes));
  const pages = sizes.reduce((sum, size) => sum + Math.ceil(size / MEMBERS_PER_PAGE), 0);
  return { lastMemberMs, pumpMs: shards * (lastMemberMs - startedAt), pages, sockets };
}

const known = new Map<string, readonly number[]>();

/** As the hash spreads ids as API Gateway makes them. */
function sizesOf(members: number, shards: number): readonly number[] {
  const key = `${members} ${shards}`;
  const before = known.get(key);
  if (before) return before;
  const sizes = new Array<number>(shards).fill(0);
  for (let at = 0; at < members; at++) {
    const shard = shardOf(memberId(at), shards);
    sizes[shard] = (sizes[shard] ?? 0) + 1;
  }
  known.set(key, sizes);
  return sizes;
}

interface PumpSettings {
  readonly sockets: number;
  /** Between two places of this pump in the stage's stream. */
  readonly msPerPost: number;
  readonly random: () => number;
  readonly at: number;
}

class SimulatedPump {
  readonly #settings: PumpSettings;
  #placeAt: number;
  #cpuFreeAt = 0;

  constructor(settings: PumpSettings) {
    this.#settings = settings;
    this.#placeAt = settings.at;
  }

  /** The next page is read while one is posted, and begun as soon as a lane is free. */
  post(members: number): number {
    const { sockets, at, random } = this.#settings;
    let begunAt = at + ASSUMED.memberPage;
    let endedAt = begunAt;
    // a heap: the lane that is free first is the first
    const lanes = new Float64Array(Math.min(sockets, members)).fill(begunAt);
    for (let post = 0; post < members; post++) {
      const freeAt = lanes[0] ?? 0;
      if (post > 0 && post % MEMBERS_PER_PAGE === 0) begunAt = Math.max(begunAt + ASSUMED.memberPage, freeAt);
      const sentAt = this.#sentAt(Math.max(freeAt, begunAt));
      const answeredAt = sentAt + ASSUMED.post.least - ASSUMED.post.more * Math.log(1 - random());
      endedAt = Math.max(endedAt, answeredAt);
      lanes[0] = answeredAt;
      sink(lanes);
    }
    return endedAt;
  }

  /** When it is this post's turn in the stream, and on the CPU. */
  #sentAt(freeAt: number): number {
    // places of the time in which nothing could be posted are lost, but for the last
    const sentAt = Math.max(freeAt, this.#placeAt, this.#cpuFreeAt);
    this.#placeAt = Math.max(this.#placeAt, sentAt - LATE_MS) + this.#settings.msPerPost;
    this.#cpuFreeAt = sentAt + CPU_MS_PER_POST;
    return sentAt;
  }
}

/** Of a heap whose first has grown. */
function sink(heap: Float64Array): void {
  let at = 0;
  const value = heap[0] ?? 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child++;
    if ((heap[child] ?? 0) >= value) break;
    heap[at] = heap[child] ?? 0;
    at = child;
  }
  heap[at] = value;
}
