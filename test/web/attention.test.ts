import { expect } from "chai";
import { ManualTimers } from "#test/client/manual-timers.ts";
import { Marks, markInWords } from "#web/marks.ts";
import { otherIn, PrivatePeople } from "#web/private-people.ts";
import { TYPING_SHOWN_MS, Typists, typingInWords } from "#web/typists.ts";

const TEA = "room:tea";
const ANN = { id: "ann", name: "Ann" };
const BOB = { id: "bob", name: "Bob" };
const CYD = { id: "cyd", name: "Cyd" };

describe("web/typists", () => {
  let timers: ManualTimers;
  let typists: Typists;
  let changes: number;

  beforeEach(() => {
    timers = new ManualTimers();
    changes = 0;
    typists = new Typists(timers, () => {
      changes += 1;
    });
  });

  it("are shown for a while after the last sign of it, each for themselves", () => {
    typists.started(TEA, ANN);
    timers.advance(TYPING_SHOWN_MS - 1);
    typists.started(TEA, BOB);
    typists.started("lobby", CYD);
    expect(typists.in(TEA)).to.deep.equal([ANN, BOB]);
    timers.advance(1);
    expect(typists.in(TEA)).to.deep.equal([BOB]);
    timers.advance(TYPING_SHOWN_MS);
    expect(typists.in(TEA)).to.deep.equal([]);
    expect(changes).to.equal(6);
  });

  it("go on being shown while they go on", () => {
    for (let sign = 0; sign < 10; sign += 1) {
      typists.started(TEA, ANN);
      timers.advance(TYPING_SHOWN_MS - 1);
    }
    expect(typists.in(TEA)).to.deep.equal([ANN]);
  });

  it("go with their message, or with the connection", () => {
    typists.started(TEA, ANN);
    typists.started(TEA, BOB);
    typists.stopped(TEA, "ann");
    typists.stopped(TEA, "nobody");
    expect(typists.in(TEA)).to.deep.equal([BOB]);
    typists.clear();
    expect(typists.in(TEA)).to.deep.equal([]);
    expect(timers.waiting).to.equal(0);
  });

  it("are named while they are few", () => {
    expect(typingInWords([])).to.equal("");
    expect(typingInWords(["Ann"])).to.equal("Ann is typing…");
    expect(typingInWords(["Ann", "Bob"])).to.equal("Ann and Bob are typing…");
    expect(typingInWords(["Ann", "Bob", "Cyd"])).to.equal("Several people are typing…");
  });
});

describe("web/marks", () => {
  const receipt = { type: "receipt", conversation: TEA } as const;

  it("say how far a message has got: sent, delivered, read", () => {
    const marks = new Marks();
    const words = (isPrivate = true) => markInWords(marks, { conversation: TEA, seq: 5, isPrivate });
    expect(words()).to.equal("Sent");
    marks.note({ ...receipt, kind: "delivered", seq: 4, user: ANN });
    expect(words()).to.equal("Sent");
    marks.note({ ...receipt, kind: "delivered", seq: 5, user: ANN });
    expect(words()).to.equal("Delivered");
    marks.note({ ...receipt, kind: "read", seq: 4, user: ANN });
    expect(words()).to.equal("Delivered");
    marks.note({ ...receipt, kind: "read", seq: 7, user: ANN });
    expect(words()).to.equal("Read");
    expect(words(false)).to.equal("Read by Ann");
    marks.note({ ...receipt, kind: "read", seq: 5, user: BOB });
    expect(words(false)).to.equal("Read by Ann and Bob");
    marks.note({ ...receipt, kind: "read", seq: 5, user: CYD });
    expect(words(false)).to.equal("Read by 3 people");
  });

  it("never go back", () => {
    const marks = new Marks();
    marks.note({ ...receipt, kind: "read", seq: 5, user: ANN });
    marks.note({ ...receipt, kind: "delivered", seq: 3, user: ANN });
    expect(marks.readBy(TEA, 5)).to.deep.equal([ANN]);
    expect(marks.deliveredTo(TEA, 5)).to.deep.equal([ANN]);
  });
});

describe("web/private-people", () => {
  const entry = { type: "deletion", seq: 1, id: "1", of: 1, sender: BOB, sentAt: "" } as const;

  it("are listed with who spoke last first, and whether that is new", () => {
    const people = new PrivatePeople();
    people.named(ANN);
    people.add("bob", false);
    people.add("ann", true);
    people.said({ ...entry, conversation: "direct:bob#me" }, "me", true);
    people.said({ ...entry, conversation: TEA }, "me", true);
    const here = new Map([["ann", ANN]]);
    expect(people.rows(here, undefined)).to.deep.equal([
      { person: { id: "bob" }, isHere: false, isNew: true, isShown: false },
      { person: ANN, isHere: true, isNew: true, isShown: false },
    ]);
    people.seen("bob");
    expect(people.rows(here, "ann").map(({ isNew, isShown }) => ({ isNew, isShown }))).to.deep.equal([
      { isNew: false, isShown: false },
      { isNew: false, isShown: true },
    ]);
  });

  it("are the other one of a conversation of ours", () => {
    expect(otherIn("direct:bob#me", "me")).to.equal("bob");
    expect(otherIn("direct:ann#bob", "me")).to.equal(undefined);
    expect(otherIn(TEA, "me")).to.equal(undefined);
  });
});
