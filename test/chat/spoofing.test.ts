// Where tokens are asked for, nothing in a frame says who sent it: each action of each dialect tries, with every name a sender field has.
import { expect } from "chai";
import { DIALECT_NAMES, type DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed, readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError } from "#protocol/errors.ts";
import type { Action } from "#protocol/messages.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import type { Answer, ChatWorld } from "#test/support/chat-world.ts";
import { HOUR, openNative, openTokenWorld, tokenOf, who } from "./token-world.ts";

/** Every name that a sender field has, or could have. */
const ANN = {
  userId: "ann",
  user: { id: "ann", name: "ANN" },
  sender: { id: "ann", name: "ANN" },
  senderId: "ann",
  senderName: "ANN",
  from: "ann",
  connectionId: "a",
  principalId: "ann",
  authorizer: { userId: "ann" },
  requestContext: { authorizer: { userId: "ann" } },
};

/** One frame for each action; a new action without one does not compile. */
const NATIVE: Readonly<Record<Action, object>> = {
  setName: { name: "ANN" },
  joinRoom: { room: "tea" },
  leaveRoom: { room: "tea" },
  members: { room: "tea" },
  sendMessage: { to: { room: "tea" }, content: "hi" },
  editMessage: { conversation: "room:tea", of: 1, content: "hi" },
  deleteMessage: { conversation: "room:tea", of: 1 },
  getMessages: { conversation: "direct:ann#cid" },
  resume: { conversations: [{ conversation: "direct:ann#cid", after: 0 }] },
  conversations: {},
  typing: { to: { room: "tea" } },
  receipt: { conversation: "room:tea", seq: 1, kind: "read" },
  refresh: { token: tokenOf({ userId: "ann", expiresAt: Date.now() + HOUR }) },
  whoami: {},
  ping: {},
};

const toCid = { conversationId: "x", recipientId: "cid", content: "hi", timestamp: "2026-11-20T10:00:00.000Z" };

/** The frames in which a replaced system's clients say it in their own way, by its action; `any` names none. */
const OWN: Readonly<Record<Exclude<DialectName, "native">, Readonly<Record<string, readonly object[]>>>> = {
  walkthrough: { any: [{ actionn: "sendMessage", data: "hi" }, { message: "hi" }] },
  rooms: {
    sendMessage: [{ targetId: "c", message: "hi" }, { message: "hi" }],
    broadcast: [{ message: "hi" }],
    joinRoom: [{ room: "tea" }],
    leaveRoom: [{ room: "tea" }],
  },
  names: Object.fromEntries(
    ["", "$"].flatMap((prefix) => [
      [`${prefix}setName`, [{ name: "ANN" }]],
      [`${prefix}sendPublic`, [{ message: "hi" }]],
      [`${prefix}sendPrivate`, [{ to: "CID", message: "hi" }]],
    ]),
  ),
  "message-ai": {
    sendMessage: [
      { ...toCid, messageId: "m1" },
      { ...toCid, messageId: "m2", isGroupChat: true, recipientIds: ["cid"] },
      { ...toCid, messageId: "m3", replyToMessageId: "m1", replyToContent: "hi" },
    ],
    catchUp: [{}],
  },
  "typescript-chat": {
    // with a senderId, or a conversationId, it would be MessageAI's
    sendMessage: [{ recipientId: "cid", content: "hi", senderId: undefined }],
    getMessages: [{ targetId: "cid" }],
  },
};

describe("a sender cannot be spoofed", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openTokenWorld();
    await openNative(world, "a", who("ann"));
    await world.say("a", { action: "sendMessage", to: { user: "cid" }, content: "between us", id: "m" });
    await world.say("a", { action: "joinRoom", room: "tea" });
    await world.say("a", { action: "sendMessage", to: { room: "tea" }, content: "mine", id: "m" });
    await world.say("a", { action: "leaveRoom", room: "tea" });
  });
  afterEach(() => world.close());

  /** Bob says it; Cid is everywhere he could be heard. All of them speak the dialect. */
  async function spoof(frame: object, dialect: DialectName): Promise<{ answer: Answer; seen: string }> {
    await world.open("b", { dialect, identity: who("bob") });
    await world.open("c", { dialect, identity: who("cid") });
    for (const id of ["b", "c"]) await world.say(id, { action: "joinRoom", room: "tea" });
    for (const id of ["a", "b", "c"]) world.sentTo(id);
    const answer = await world.say("b", frame);
    return { answer, seen: JSON.stringify(world.sentTo("c")) };
  }

  /** Bob is Bob, and nothing that he could have written is Ann's. */
  async function expectNobodyElse(answer: Answer): Promise<void> {
    const { userId, name } = await world.connection("b");
    expect({ userId, name }).to.deep.equal({ userId: "bob", name: "BOB" });
    expect(JSON.stringify(answer) ?? "").not.to.include("between us");
    for (const where of [{ conversation: "lobby" }, { with: "bob" }]) {
      const stored = await world.say("c", { action: "getMessages", ...where, requestId: "r" });
      expect(JSON.stringify(stored)).not.to.match(/\bann\b/i);
    }
    const { messages } = world.ports;
    const inRoom = await messages.page("room:tea", { limit: 10, mostBytes: 10_000 });
    const ofAnn = inRoom.entries.filter(({ sender }) => sender.id === "ann");
    expect(ofAnn.map(({ seq, type }) => ({ seq, type }))).to.deep.equal([{ seq: 1, type: "message" }]);
  }

  it("for there is a frame for each action that a dialect has of its own", () => {
    for (const dialect of DIALECT_NAMES.filter((name) => name !== "native")) {
      const { actions } = dialectNamed(dialect);
      expect(Object.keys(OWN[dialect]), dialect).to.have.members(actions === "any" ? ["any"] : [...actions]);
    }
    expect(dialectNamed("native").actions).to.deep.equal(ACTIONS);
  });

  const refusals: Readonly<Partial<Record<Action, string>>> = {
    setName: "not_allowed",
    editMessage: "not_yours",
    deleteMessage: "not_yours",
    getMessages: "not_a_member",
    resume: "not_a_member",
    refresh: "unauthenticated",
  };

  for (const dialect of DIALECT_NAMES) {
    describe(`in the dialect ${dialect}`, () => {
      for (const action of ACTIONS) {
        it(`by our own ${action}`, async () => {
          const { answer, seen } = await spoof({ ...ANN, requestId: "r", action, ...NATIVE[action] }, dialect);
          expect(seen).not.to.match(/\bann\b/i);
          expect(answer?.code).to.equal(refusals[action]);
          await expectNobodyElse(answer);
        });
      }
      if (dialect === "native") return;
      for (const [action, frames] of Object.entries(OWN[dialect])) {
        for (const [at, fields] of frames.entries()) {
          it(`by its ${action}${at === 0 ? "" : `, in another way (${at})`}`, async () => {
            const frame = { ...ANN, ...(action === "any" ? {} : { action }), ...fields };
            const read = readFrame(JSON.stringify(frame), dialect);
            expect([read.dialect.name, read.command instanceof ChatError]).to.deep.equal([dialect, false]);
            const { answer, seen } = await spoof(frame, dialect);
            expect(seen).not.to.match(/\bann\b/i);
            if (JSON.stringify(fields).includes('"hi"')) expect(seen).to.match(/bob/i);
            await expectNobodyElse(answer);
          });
        }
      }
    });
  }
});
