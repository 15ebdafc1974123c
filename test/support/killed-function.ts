// An instance of the function that stops for ever at one of its calls to the outside, before or after the call took effect: what a Lambda
// does that is killed there.
import type { Around, ChatWorld, Instance } from "./chat-world.ts";

export interface KilledFunction extends Instance {
  /** Settles when the instance has stopped. */
  readonly killed: Promise<void>;
}

export interface Kill {
  /** The how-manieth call, from 1. */
  readonly at: number;
  readonly moment: "before" | "after";
}

export function killedFunction(world: ChatWorld, { at, moment }: Kill): KilledFunction {
  let calls = 0;
  let dead = false;
  let die: () => void = () => {};
  const killed = new Promise<void>((resolve) => {
    die = resolve;
  });
  const stop = () => {
    dead = true;
    die();
    return new Promise<void>(() => {});
  };
  const around: Around = async (_call, make) => {
    const number = ++calls;
    if (dead || (moment === "before" && number === at)) await stop();
    const answer = await make();
    if (dead || (moment === "after" && number === at)) await stop();
    return answer;
  };
  return { ...world.instance(around), killed };
}

/** Runs the request on an instance that is killed there; true when it was, false when the request was done before it came to that. */
export async function runUntilKilled(
  world: ChatWorld,
  kill: Kill,
  run: (instance: Instance) => Promise<unknown>,
): Promise<boolean> {
  const instance = killedFunction(world, kill);
  return Promise.race([run(instance).then(() => false), instance.killed.then(() => true)]);
}

/** Every place at which a run can be killed, one after the other, until it is done before it comes to the next; answers with how many. */
export async function atEveryKill(run: (kill: Kill) => Promise<boolean>): Promise<number> {
  let kills = 0;
  for (let at = 1; ; at++) {
    for (const moment of ["before", "after"] as const) {
      if (!(await run({ at, moment }))) return kills;
      kills++;
    }
  }
}
