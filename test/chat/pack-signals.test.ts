import { expect } from "chai";
import { packEntries } from "#chat/pack-entries.ts";
import { packSignals } from "#chat/pack-signals.ts";
import type { Member, SentEntry } from "#chat/ports.ts";
import type { NotedSignal } from "#chat/signal-ports.ts";
import type { DialectName } from "#protocol/dialects/dialect.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Signal } from "#protocol/messages.ts";

const START = 1_000_000;
const conversation = "room:general";
let now = START;
const clock = { now: () => now };

const noted = (...signals: Signal[]): readonly [NotedSignal, ...NotedSignal[]] => {
  const [first, ...more] = signals.map((signal, at) => ({ key: at + 1, signal, at: START + at }));
  if (!first) throw new Error("no signal");
  return [first, ...more];
};
const typing = (id: string, place = conversation): Signal => ({ type: "typing", conversation: place, user: { id } });
const presence = (id: string, event: "join" | "leave" | "rename", place = conversation): Signal => ({
  type: "presence",
  conversation: place,
  event,
  user: { id },
});
const member = (userId: string, dialect: DialectName = "native", name?: string): Member => ({
  connectionId: `c-${userId}`,
  userId,
  dialect,
  ...(name === undefined ? {} : { name }),
});
const parsed = (frames: readonly string[]) => frames.map((frame) => JSON.parse(frame));
const sent = (seq: number, content = "hi"): SentEntry => ({
  entry: {
    type: "message",
    conversation,
    seq,
    id: `${seq}`,
    sender: { id: "a" },
    sentAt: "2026-11-20T10:00:00.000Z",
    content,
  },
  by: { connectionId: "c-a", dialect: "native" },
});

describe("a pack of signals", () => {
  beforeEach(() => {
    now = START;
  });

  it("is one frame, the same for everybody", () => {
    const signals = [typing("a"), presence("b", "join")];
    const pack = packSignals(noted(...signals), clock);
    for (const user of ["a", "b", "z"]) {
      expect(parsed(pack.framesFor(member(user)))).to.deep.equal([{ type: "signals", conversation, signals }]);
    }
  });

  it("of one signal is that signal, for everybody but its user", () => {
    const pack = packSignals(noted(typing("a")), clock);
    expect(parsed(pack.framesFor(member("z")))).to.deep.equal([typing("a")]);
    expect(pack.framesFor(member("a"))).to.deep.equal([]);
    expect(parsed(packSignals(noted(presence("a", "rename")), clock).framesFor(member("a")))).to.have.lengthOf(1);
  });

  it("names the newest hundred, and counts the others", () => {
    const crowd = Array.from({ length: 150 }, (_, at) => (at % 2 === 0 ? typing(`${at}`) : presence(`${at}`, "join")));
    const [frame] = parsed(packSignals(noted(...crowd), clock).framesFor(member("z")));
    expect(frame.signals).to.deep.equal(crowd.slice(-LIMITS.signalsPerPush));
    expect(frame.others).to.deep.equal({ typing: 25, presence: 25 });
  });

  it("names fewer when they have long names: there is room for entries beside them", () => {
    const crowd = Array.from({ length: 100 }, (_, at) => typing(`${at}${"ü".repeat(120)}`));
    const pack = packSignals(noted(...crowd), clock);
    const [frame] = parsed(pack.framesFor(member("z")));
    expect(frame.signals.length + frame.others.typing).to.equal(100);
    expect(pack.bytes).to.be.within(6_000, 9_000);
  });

  it("leaves out who typed three seconds ago, from one post to the next", () => {
    const pack = packSignals(noted(typing("a"), typing("b"), presence("c", "leave")), clock);
    const seen = () => parsed(pack.framesFor(member("z")))[0];
    now = START + 2_999;
    expect(seen().signals).to.have.lengthOf(3);
    now = START + 3_000;
    expect(seen().signals).to.deep.equal([typing("b"), presence("c", "leave")]);
    now = START + 3_001;
    expect(seen()).to.deep.equal(presence("c", "leave"));
    const late = packSignals(noted(typing("a")), clock);
    now = START + 6_001;
    expect(late.framesFor(member("z"))).to.deep.equal([]);
    expect(late.fields()).to.equal("");
  });

  it("goes in the same frame as entries, and alone to who sent those", () => {
    const pack = packEntries([sent(1)]).with(packSignals(noted(typing("b"), typing("c")), clock));
    expect(parsed(pack?.framesFor(member("z")) ?? [])).to.deep.equal([
      { type: "entries", conversation, entries: [sent(1).entry], signals: [typing("b"), typing("c")] },
    ]);
    expect(parsed(pack?.framesFor(member("a")) ?? [])).to.deep.equal([
      { type: "signals", conversation, signals: [typing("b"), typing("c")] },
    ]);
    now = START + 6_000;
    expect(parsed(pack?.framesFor(member("z")) ?? [])).to.deep.equal([sent(1).entry]);
  });

  it("that does not fit beside entries stays out of their frame", () => {
    const signals = packSignals(noted(typing("b"), typing("c")), clock);
    const bytes = (content: number) =>
      Buffer.byteLength(
        packEntries([sent(1, "x".repeat(content))])
          .with(signals)
          ?.framesFor(member("z"))[0] ?? "",
      );
    const around = bytes(1) - 1;
    expect(bytes(LIMITS.pushBytes - around)).to.equal(LIMITS.pushBytes);
    expect(packEntries([sent(1, "x".repeat(LIMITS.pushBytes - around + 1))]).with(signals)).to.equal(undefined);
  });

  it("is shown in each dialect that has such a thing", () => {
    const pack = packSignals(noted(presence("b", "join"), typing("c")), clock);
    for (const dialect of ["walkthrough", "names", "message-ai", "typescript-chat"] as const) {
      expect(pack.framesFor(member("z", dialect, "Z")), dialect).to.deep.equal([]);
    }
    expect(pack.framesFor(member("z", "rooms"))).to.have.lengthOf(1);
    const beside = packEntries([sent(1)]).with(pack);
    expect(parsed(beside?.framesFor(member("z", "rooms")) ?? []).map(({ type }) => type)).to.deep.equal([
      "message",
      "signals",
    ]);
  });

  it("in the lobby tells people who have names who came and went, in one line", () => {
    const lobby = (id: string, event: "join" | "leave") => presence(id, event, "lobby");
    const pack = packSignals(
      noted(lobby("b", "join"), lobby("c", "join"), lobby("d", "leave"), typing("e", "lobby")),
      clock,
    );
    expect(parsed(pack.framesFor(member("z", "names", "Z")))).to.deep.equal([
      { systemMessage: "b, c have joined the chat; d has left the chat" },
    ]);
    expect(pack.framesFor(member("z", "names"))).to.deep.equal([]);
    expect(parsed(pack.framesFor(member("z")))).to.deep.equal([typing("e", "lobby")]);
  });
});
