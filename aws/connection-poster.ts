// Posts frames to connections through API Gateway's @connections (aws facts §7): the hot path of the product. Instead of the SDK's
// PostToConnection, which costs many times the CPU, it signs a request of its own and sends it over a pool of its own.
import type { Poster, PostOptions, PostOutcome } from "#chat/post-ports.ts";
import { ConnectionsApi, type SdkClient } from "./connections-api.ts";
import { connectionsEndpoint, ENDPOINT_VARIABLE } from "./connections-endpoint.ts";
import { firstInAWhile } from "./first-in-a-while.ts";
import { postUntilDecided } from "./post-attempts.ts";
import { PostFrame } from "./post-frame.ts";
import type { Turns } from "./stage-turns.ts";
import { realTiming, type Timing } from "./timing.ts";

export interface PosterSettings {
  /** Any client of the AWS SDK; its region and its credentials are used. */
  readonly client: SdkClient;
  /** The URL of the stage; without it, that of the SDK's standard variable. */
  readonly endpoint?: string;
  /**
   * Told of every failed post with its cause; of a misconfiguration, which fails all of them, once a minute. Throttling is not told: it
   * is an outcome to count.
   */
  readonly onFailure: (connectionId: string, cause: Error) => void;
  /** How many posts may be under way at once; more wait. */
  readonly sockets?: number;
  readonly requestTimeoutMs?: number;
  /** How long a post is tried. */
  readonly budgetMs?: number;
  /** Without them every post goes at once. */
  readonly turns?: Turns;
  readonly timing?: Timing;
}

export interface ConnectionPoster extends Poster {
  post(connectionId: string, frame: string, options?: PostOptions): Promise<PostOutcome>;
  /** Ends the open sockets, and what is under way. */
  close(): void;
}

const DEFAULTS = { sockets: 128, requestTimeoutMs: 3_000, budgetMs: 5_000, timing: realTiming };

export function connectionPoster(settings: PosterSettings): ConnectionPoster {
  const { client, sockets, requestTimeoutMs, budgetMs, timing, turns, onFailure } = { ...DEFAULTS, ...settings };
  const endpoint = connectionsEndpoint(settings.endpoint ?? process.env[ENDPOINT_VARIABLE]);
  const api = new ConnectionsApi({ endpoint, client, sockets, timing });
  const attempted = { api, turns, requestTimeoutMs, timing };
  const frameOf = recentFrames();
  const isNews = firstInAWhile(timing);
  return {
    async post(connectionId, text, options = {}): Promise<PostOutcome> {
      const recipient = { connectionId, connectedAt: options.connectedAt };
      const most = Math.min(budgetMs, options.budgetMs ?? budgetMs);
      const trying = { budgetMs: most, run: options.run, attempts: options.attempts };
      const answer = await postUntilDecided(attempted, frameOf(text), recipient, trying);
      switch (answer.kind) {
        case "sent":
        case "gone":
        case "throttled":
        case "withdrawn":
        case "later":
          return answer.kind;
        case "refused":
          if (isNews()) onFailure(connectionId, answer.cause);
          return "failed";
        case "unavailable":
        case "rejected":
          if (answer.kind === "unavailable" && options.mayGetLost) return "throttled";
          onFailure(connectionId, answer.cause);
          return "failed";
      }
    },
    close: () => api.close(),
  };
}

/** A frame goes to many, and an event has a frame for each dialect: their bytes and hashes are made once. */
const RECENT_FRAMES = 16;

function recentFrames(): (text: string) => PostFrame {
  const frames = new Map<string, PostFrame>();
  return (text) => {
    const known = frames.get(text);
    if (known) return known;
    const [oldest] = frames.keys();
    if (oldest !== undefined && frames.size >= RECENT_FRAMES) frames.delete(oldest);
    const frame = new PostFrame(text);
    frames.set(text, frame);
    return frame;
  };
}
