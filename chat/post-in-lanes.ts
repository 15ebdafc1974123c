// Posts to page after page of members, some at a time, each in a lane. The next page is begun while the last posts of one are under way, so
// one slow member holds up its lane and nobody else.
import type { Member, MemberPage } from "./ports.ts";
import type { PostRun } from "./post-ports.ts";

export interface Round {
  readonly pages: AsyncIterable<MemberPage>;
  /** How many posts are under way at most. */
  readonly lanes: number;
  readonly mayGoOn: PostRun["mayGoOn"];
  /** False when the round is not to go on. */
  postTo(member: Member, run: PostRun): Promise<boolean>;
  /** Everybody up to the end of a page has been posted to: so many are in it, and the next page begins after `next`. */
  passed(members: number, next: string | undefined): void;
}

interface OpenPage {
  readonly members: number;
  readonly next: string | undefined;
  left: number;
}

/** False when it stopped before the end. Posts that are under way when something fails are waited for. */
export async function postInLanes(round: Round): Promise<boolean> {
  const { lanes, mayGoOn, postTo, passed } = round;
  const pages = round.pages[Symbol.asyncIterator]();
  const run = { mayGoOn, toCome: 0 };
  const open: OpenPage[] = [];
  const running: Promise<void>[] = [];
  const failures: unknown[] = [];
  let members: Iterator<Member> = [].values();
  let turning: Promise<boolean> | undefined;
  let stopped = false;

  const pass = () => {
    for (let [first] = open; first?.left === 0; [first] = open) {
      open.shift();
      passed(first.members, first.next);
    }
  };
  /** False when there are no more pages. */
  const turnPage = async (): Promise<boolean> => {
    const { value: page, done } = await pages.next();
    if (done) return false;
    const { length } = page.members;
    open.push({ members: length, next: page.next, left: length });
    pass();
    members = page.members.values();
    // the next page is likely to be as long
    run.toCome = length * (page.next === undefined ? 1 : 2);
    startLanes(length);
    return true;
  };
  const lane = async () => {
    while (!stopped) {
      const { value: member } = members.next();
      const page = open.at(-1);
      if (!member || !page) {
        turning ??= turnPage().finally(() => {
          turning = undefined;
        });
        if (await turning) continue;
        return;
      }
      run.toCome--;
      const may = mayGoOn();
      if ((may !== true && !(await may)) || !(await postTo(member, run))) {
        stopped = true;
        return;
      }
      page.left--;
      pass();
    }
  };
  const startLanes = (more: number) => {
    for (let at = 0; at < more && running.length < lanes; at++) {
      running.push(
        lane().catch((failure) => {
          stopped = true;
          failures.push(failure);
        }),
      );
    }
  };

  startLanes(1);
  // there are more of them with each page
  for (let at = 0; at < running.length; at++) await running[at];
  if (failures.length > 0) throw failures[0];
  return !stopped;
}
