// A room beyond directAudienceLimit, whose members are told by pumps who comes, goes, types and reads. Time passes only where a test says so.
import type { PumpOrder } from "#chat/pump-ports.ts";
import { type ChatWorld, openChatWorld } from "./chat-world.ts";
import { runPumps } from "./run-pumps.ts";

export const ROOM = "room:general";
export const MEMBERS = ["a", "b", "c", "d", "e"] as const;
export const toRoom = { room: "general" };

/** Opened before each test of a suite, and closed after it. */
export function useSignalledRoom() {
  let world: ChatWorld;

  const enter = async (id: string, userId = `u-${id}`) => {
    await world.open(id, { userId, dialect: "native" });
    await say(id, { action: "joinRoom", room: "general" });
  };
  const openWorld = async (options: Parameters<typeof openChatWorld>[0] = {}) => {
    // time passes only where a test says so, however busy the machine is
    const startedAt = Date.now();
    world = await openChatWorld({ directAudienceLimit: 3, now: () => startedAt, ...options });
    for (const member of MEMBERS) await enter(member);
    await settle();
  };
  /** Everything is told, and it was long ago. */
  const settle = async () => {
    await runPumps(world);
    world.pass(10_000);
    for (const member of MEMBERS) world.sentTo(member);
  };
  beforeEach(() => openWorld());
  afterEach(() => world.close());

  /** One after the other. */
  const say = (id: string, frame: object, heldBackMs?: number) => {
    world.pass(1);
    return world.say(id, frame, heldBackMs);
  };
  const type = (id: string, heldBackMs?: number) => say(id, { action: "typing", to: toRoom }, heldBackMs);
  const send = (content: string, from = "a") => say(from, { action: "sendMessage", to: toRoom, content, id: content });
  const read = (id: string, seq: number) => say(id, { action: "receipt", conversation: ROOM, seq, kind: "read" });
  const leave = (id: string) => say(id, { action: "leaveRoom", room: "general" });
  /** `typing a` and the like, frame by frame. */
  const toldTo = (id: string) => world.sentTo(id).map(wordsOf);
  const nextOrder = (): PumpOrder => {
    const order = world.orders.shift();
    if (!order) throw new Error("no pump was asked for");
    return order;
  };

  return {
    get world() {
      return world;
    },
    ...{ enter, openWorld, settle, say, type, send, read, leave, toldTo, nextOrder },
  };
}

function wordsOf(frame: Readonly<Record<string, unknown>>): readonly string[] {
  const { type, event, kind, user, seq, entries = [], signals = [] } = frame as unknown as Frame;
  switch (type) {
    case "entries":
    case "signals":
      return [...entries, ...signals].flatMap(wordsOf);
    case "message":
      return [`entry ${seq}`];
    default:
      return [`${event ?? kind ?? type} ${user?.id}`];
  }
}

interface Frame {
  readonly type: string;
  readonly event?: string;
  readonly kind?: string;
  readonly user?: { readonly id: string };
  readonly seq?: number;
  readonly entries?: readonly Readonly<Record<string, unknown>>[];
  readonly signals?: readonly Readonly<Record<string, unknown>>[];
}
