// A room beyond directAudienceLimit, and what of it has arrived at its members: everything, in order or known by its seq for a repetition.
import { expect } from "chai";
import { pump } from "#chat/pump.ts";
import type { PumpOrder } from "#chat/pump-ports.ts";
import { type ChatWorld, type Instance, openChatWorld } from "./chat-world.ts";
import { enter, toRoom } from "./native-members.ts";
import { entriesIn, pumpRun, runPumps } from "./run-pumps.ts";

const MEMBERS = ["a", "b", "c", "d", "e"] as const;
/** All but who sends. */
export const OTHERS = MEMBERS.slice(1);

/** Opened before each test of a suite, and closed after it. */
export function useLargeRoom() {
  let world: ChatWorld;
  const seen = new Map<string, number[]>();

  beforeEach(async () => {
    world = await openChatWorld({ directAudienceLimit: 3 });
    for (const member of MEMBERS) await enter(world, member, `u-${member}`);
    await runPumps(world);
    seen.clear();
    for (const member of MEMBERS) world.sentTo(member);
  });
  afterEach(() => world.close());

  const frame = (id: string) => ({ action: "sendMessage", to: toRoom, content: id, id });
  const send = (id: string, instance: Instance = world) => instance.say("a", frame(id));
  const nextOrder = (): PumpOrder => {
    const order = world.orders.shift();
    if (!order) throw new Error("no pump was asked for");
    return order;
  };
  const runOn = (instance: Instance, order: PumpOrder) => pump(instance.ports, order, pumpRun(world));
  const look = () => {
    for (const member of OTHERS) {
      const seqs = entriesIn(world.sentTo(member)).map(({ seq }) => seq);
      seen.set(member, [...(seen.get(member) ?? []), ...seqs]);
    }
  };
  /** A new seq is always the one after the newest: what comes again is told by its seq. */
  const expectAll = (count: number) => {
    look();
    for (const member of OTHERS) {
      let newest = 0;
      for (const seq of seen.get(member) ?? []) {
        expect(seq, `${member} got ${seen.get(member)?.join()}`).to.be.at.most(newest + 1);
        newest = Math.max(newest, seq);
      }
      expect(newest, member).to.equal(count);
    }
  };

  return {
    get world() {
      return world;
    },
    ...{ seen, send, nextOrder, runOn, look, expectAll },
  };
}
