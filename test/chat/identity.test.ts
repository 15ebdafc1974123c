// What holds where tokens are asked for: how long one is who, what rooms let whom, and that nothing in a frame changes who said it.
import { expect } from "chai";
import { dynamodbBans } from "#aws/dynamodb-bans.ts";
import { openConnection } from "#chat/open-connection.ts";
import type { Identity, Rules, Tokens } from "#chat/ports.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import { ChatError } from "#protocol/errors.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import { type Answer, type ChatWorld, openChatWorld } from "#test/support/chat-world.ts";

const HOUR = 3_600_000;
const RULES: Rules = {
  tokens: true,
  namesFromTokens: true,
  rooms: { "team-*": "members", "team-open": "public", news: "read-only" },
};

/** A token is the JSON of its identity; how real ones are verified is tested with the authorizer. */
const tokens: Tokens = {
  verify: async (token) => {
    if (token.startsWith("{")) return JSON.parse(token);
    throw new ChatError("unauthenticated", "This is no token.");
  },
};
const tokenOf = (identity: Identity) => JSON.stringify(identity);

describe("identity", () => {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await openChatWorld({ rules: RULES, tokens });
  });
  afterEach(() => world.close());

  const who = (userId: string, more: Partial<Identity> = {}): Identity => ({
    userId,
    name: userId.toUpperCase(),
    expiresAt: Date.now() + HOUR,
    ...more,
  });
  const open = (connectionId: string, identity: Identity) => world.open(connectionId, { dialect: "native", identity });
  const refresh = (connectionId: string, identity: Identity) =>
    world.say(connectionId, { action: "refresh", token: tokenOf(identity), requestId: "r" });

  describe("expires", () => {
    beforeEach(async () => {
      await open("a", who("ann"));
      await open("b", who("bob", { expiresAt: Date.now() + 2 * HOUR }));
    });
    const later = () => world.pass(HOUR + 1000);

    it("with its token: the next request is refused, whatever it is, and the connection ended", async () => {
      later();
      for (const frame of [{ action: "ping" }, { action: "fly" }, "no json {", { actionn: "x", data: "hi" }]) {
        world.closed.length = 0;
        expect(await world.say("a", frame)).to.equal(undefined);
        expect(world.sentTo("a")).to.have.length(1);
        expect(world.closed).to.deep.equal(["a"]);
      }
    });

    it("with words that say so, before the connection ends", async () => {
      later();
      await world.say("a", { action: "ping", requestId: "r7" });
      expect(world.sentTo("a")).to.deep.equal([
        {
          type: "error",
          code: "unauthenticated",
          message: "The identity of this connection has expired; connect with a new token.",
          retryable: false,
          action: "ping",
          requestId: "r7",
        },
      ]);
    });

    it("also for who only listens: nothing is pushed any more", async () => {
      for (const id of ["a", "b"]) await world.say(id, { action: "joinRoom", room: "tea" });
      await world.say("b", { action: "sendMessage", to: { room: "tea" }, content: "early" });
      await world.say("b", { action: "sendMessage", to: { user: "ann" }, content: "early" });
      expect(world.sentTo("a")).to.have.length.of.at.least(2);
      later();
      for (const to of [{ room: "tea" }, { user: "ann" }, { everyone: true }]) {
        expect(await world.say("b", { action: "sendMessage", to, content: "late" })).to.include({ type: "ack" });
      }
      for (const to of [{ connection: "a" }, { name: "ANN" }]) {
        expect(await world.say("b", { action: "sendMessage", to, content: "late" })).to.include({ code: "not_found" });
      }
      expect(world.sentTo("a")).to.deep.equal([]);
      const { members } = (await world.say("b", { action: "members", room: "tea" })) as { members: { id: string }[] };
      expect(members.map(({ id }) => id)).to.deep.equal(["bob"]);
    });

    it("not, when it was refreshed: requests, pushes and rooms go on", async () => {
      await world.say("a", { action: "joinRoom", room: "tea" });
      const expiresAt = Date.now() + 3 * HOUR + 900;
      expect(await refresh("a", who("ann", { expiresAt }))).to.deep.equal({
        type: "ack",
        action: "refresh",
        requestId: "r",
        expiresAt: new Date(expiresAt).toISOString(),
        expiresInSeconds: 3 * 3600,
      });
      later();
      await world.say("b", { action: "joinRoom", room: "tea" });
      world.sentTo("a");
      await world.say("b", { action: "sendMessage", to: { room: "tea" }, content: "still there?" });
      await world.say("b", { action: "sendMessage", to: { user: "ann" }, content: "and here?" });
      expect(world.sentTo("a").map(({ content }) => content)).to.deep.equal(["still there?", "and here?"]);
      expect(await world.say("a", { action: "ping" })).to.include({ type: "ack" });
    });

    it("after as many seconds as whoami says; where no tokens are asked for, it says none", async () => {
      await open("c", who("cid", { expiresAt: Date.now() + HOUR + 900 }));
      expect(await world.say("c", { action: "whoami" })).to.include({ expiresInSeconds: 3600 });
      const noTokens = await openChatWorld();
      await noTokens.open("d", { identity: who("dan") });
      expect(await noTokens.say("d", { action: "whoami" })).not.to.have.property("expiresInSeconds");
      await noTokens.close();
    });

    it("and cannot be refreshed when it has", async () => {
      later();
      expect(await refresh("a", who("ann", { expiresAt: Date.now() + 9 * HOUR }))).to.equal(undefined);
      expect(world.closed).to.deep.equal(["a"]);
    });
  });

  it("is refreshed in any dialect, and tells nothing of the client's", async () => {
    for (const dialect of DIALECT_NAMES) {
      await world.open(dialect, { dialect, identity: who("ann") });
      expect(await refresh(dialect, who("ann")), dialect).to.include({ type: "ack", action: "refresh" });
      expect((await world.connection(dialect)).dialect).to.equal(dialect);
    }
  });

  it("is not refreshed by another user's token, nor by none; the connection goes on as it was", async () => {
    await open("a", who("ann"));
    expect(await refresh("a", who("bob"))).to.include({ code: "unauthenticated", retryable: false });
    const refused = await world.say("a", { action: "refresh", token: "hush-hush" });
    expect(refused).to.include({ code: "unauthenticated" });
    expect(JSON.stringify([refused, world.logged])).not.to.include("hush-hush");
    expect(await world.say("a", { action: "whoami" })).to.deep.include({ user: { id: "ann", name: "ANN" } });
    expect(world.closed).to.deep.equal([]);
  });

  it("is never shown, not even as a field that is wrong", async () => {
    await open("a", who("ann"));
    for (const token of [{ secret: "hush-hush" }, ["hush-hush"], `hush-hush${"x".repeat(8192)}`]) {
      const refused = await world.say("a", { action: "refresh", token });
      expect(refused).to.include({ code: "invalid_request" });
      expect(JSON.stringify([refused, world.logged])).not.to.include("hush");
    }
  });

  it("is missing on connections from before tokens were asked for: they are ended", async () => {
    await world.open("old", { userId: "admin" });
    expect(await world.say("old", { action: "whoami" })).to.equal(undefined);
    expect(world.sentTo("old")[0]).to.include({
      code: "unauthenticated",
      message: "This connection has shown no token; connect with a new token.",
    });
    expect(world.closed).to.deep.equal(["old"]);
  });

  describe("in rooms", () => {
    const join = (id: string, room: string) => world.say(id, { action: "joinRoom", room });
    const send = (id: string, room: string) =>
      world.say(id, { action: "sendMessage", to: { room }, content: "hi", id: "m" });

    it("lets members alone into members' rooms", async () => {
      await open("in", who("ann", { rooms: ["team-red"] }));
      await open("out", who("bob", { rooms: ["team-blue", "team"] }));
      expect(await join("in", "team-red")).to.include({ type: "ack" });
      expect(await send("in", "team-red")).to.include({ type: "ack" });
      expect(await join("out", "team-red")).to.deep.include({
        code: "not_allowed",
        message: 'The room "team-red" is for its members only.',
      });
      expect(await send("out", "team-red")).to.include({ code: "not_a_member" });
      expect((await world.connection("out")).conversations).to.deep.equal(["lobby"]);
    });

    it("lets the longest pattern decide, and everybody where none matches", async () => {
      await open("out", who("bob"));
      expect(await join("out", "team-open")).to.include({ type: "ack" });
      expect(await join("out", "tea")).to.include({ type: "ack" });
      expect(await send("out", "tea")).to.include({ type: "ack" });
    });

    it("takes a claim with a * for all that begin so", async () => {
      await open("all", who("ann", { rooms: ["*"] }));
      await open("teams", who("bob", { rooms: ["team-r*"] }));
      expect(await join("all", "team-blue")).to.include({ type: "ack" });
      expect(await join("teams", "team-red")).to.include({ type: "ack" });
      expect(await join("teams", "team-blue")).to.include({ code: "not_allowed" });
    });

    it("lets everybody read where members write, and say nothing, in no way", async () => {
      await open("writer", who("ann", { rooms: ["news"] }));
      await open("reader", who("bob"));
      for (const id of ["writer", "reader"]) expect(await join(id, "news")).to.include({ type: "ack" });
      expect(await send("writer", "news")).to.include({ type: "ack" });
      expect(world.sentTo("reader").at(-1)).to.include({ content: "hi" });
      expect(await send("reader", "news")).to.include({ code: "not_allowed" });
      expect(await world.say("reader", { action: "typing", to: { room: "news" } })).to.include({ code: "not_allowed" });
      expect(await world.say("reader", { action: "getMessages", conversation: "room:news" })).to.include({ seq: 1 });
    });

    it("takes a refreshed token's word: who is no member any more is out", async () => {
      await open("a", who("ann", { rooms: ["team-red"] }));
      await open("b", who("bob", { rooms: ["team-red"] }));
      for (const id of ["a", "b"]) await join(id, "team-red");
      await refresh("b", who("bob", { rooms: [] }));
      expect(world.sentTo("a").at(-1)).to.include({ type: "presence", event: "leave" });
      await send("a", "team-red");
      expect(world.sentTo("b").filter(({ type }) => type === "message")).to.deep.equal([]);
      expect(await send("b", "team-red")).to.include({ code: "not_a_member" });
    });
  });

  describe("of a banned user", () => {
    const bansOf = () =>
      dynamodbBans({ client: world.client, tableName: `${world.prefix}-connections`, clock: world.ports.clock });

    it("opens no connection, and the ban says which are still open", async () => {
      const bans = bansOf();
      await open("a1", who("ann"));
      await open("a2", who("ann"));
      await open("b", who("bob"));
      expect([...(await bans.ban("ann"))].sort()).to.deep.equal(["a1", "a2"]);
      expect(await openConnection(world.ports, { connectionId: "a3", connectedAt: 1, identity: who("ann") })).to.equal(
        "banned",
      );
      const { connection } = await world.ports.snapshots.read({ connections: ["a3"] });
      expect(connection("a3")).to.equal(undefined);
      const lobby = await world.ports.memberships.audience("lobby");
      expect(lobby.map(({ connectionId }) => connectionId)).to.have.members(["a1", "a2", "b"]);
      await open("b2", who("bob"));
      expect((await world.connection("b2")).userId).to.equal("bob");
    });

    it("cannot be refreshed", async () => {
      await open("a", who("ann"));
      await bansOf().ban("ann");
      expect(await refresh("a", who("ann"))).to.include({ code: "not_connected" });
    });

    it("holds until it is lifted, and only a ban is lifted", async () => {
      const bans = bansOf();
      await bans.ban("ann");
      await bans.ban("ann");
      world.pass(30 * 24 * HOUR);
      const opening = { connectionId: "a", connectedAt: Date.now(), identity: who("ann") };
      expect(await openConnection(world.ports, opening)).to.equal("banned");
      expect(await bans.lift("ann")).to.equal(true);
      expect(await openConnection(world.ports, opening)).to.equal("opened");
      expect(await bans.lift("ann")).to.equal(false);
    });
  });

  describe("cannot be spoofed", () => {
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
    const stamped = { timestamp: "2026-11-20T10:00:00.000Z" };

    /** One frame for each action; a new action without one does not compile. */
    const FRAMES: Readonly<Record<(typeof ACTIONS)[number], object>> = {
      setName: { name: "ANN" },
      joinRoom: { room: "tea" },
      leaveRoom: { room: "tea" },
      members: { room: "tea" },
      sendMessage: { to: { room: "tea" }, content: "I am another" },
      editMessage: { conversation: "room:tea", of: 1, content: "I am another" },
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
    /** What only another dialect has. */
    const IN_DIALECTS: readonly (readonly [dialect: string, frame: object])[] = [
      ["walkthrough", { actionn: "sendMessage", data: "hi" }],
      ["rooms", { action: "broadcast", message: "hi" }],
      ["rooms", { action: "sendMessage", targetId: "c", message: "hi" }],
      ["rooms", { action: "joinRoom", room: "tea" }],
      ["names", { action: "setName", name: "ANN" }],
      ["names", { action: "$setName", name: "ANN" }],
      ["names", { action: "sendPublic", message: "hi" }],
      ["names", { action: "sendPrivate", to: "CID", message: "hi" }],
      [
        "message-ai",
        { action: "sendMessage", conversationId: "x", messageId: "m1", recipientId: "cid", content: "hi", ...stamped },
      ],
      [
        "message-ai",
        {
          ...{ action: "sendMessage", conversationId: "x", messageId: "m2", content: "hi", ...stamped },
          ...{ isGroupChat: true, recipientIds: ["cid"] },
        },
      ],
      ["message-ai", { action: "catchUp" }],
      // with a senderId it would be MessageAI's
      ["typescript-chat", { action: "sendMessage", recipientId: "cid", content: "hi", senderId: undefined }],
      ["typescript-chat", { action: "getMessages", targetId: "cid" }],
    ];

    beforeEach(async () => {
      await open("a", who("ann"));
      await world.say("a", { action: "sendMessage", to: { user: "cid" }, content: "between us", id: "m" });
      await world.say("a", { action: "joinRoom", room: "tea" });
      await world.say("a", { action: "sendMessage", to: { room: "tea" }, content: "mine", id: "m" });
      await world.say("a", { action: "leaveRoom", room: "tea" });
    });

    /** What others and the spoofer see of a frame; in the dialect, as all in that dialect see it. */
    async function spoof(frame: object, dialect: string): Promise<{ answer: Answer; seen: string }> {
      await world.open("b", { dialect, identity: who("bob") });
      await world.open("c", { dialect, identity: who("cid", { name: "CID" }) });
      for (const id of ["b", "c"]) await world.say(id, { action: "joinRoom", room: "tea" });
      for (const id of ["a", "b", "c"]) world.sentTo(id);
      const answer = await world.say("b", frame);
      return { answer, seen: JSON.stringify(world.sentTo("c")) };
    }

    for (const action of ACTIONS) {
      it(`by ${action}`, async () => {
        const { answer, seen } = await spoof({ ...ANN, requestId: "r", action, ...FRAMES[action] }, "native");
        expect(seen).not.to.match(/\bann\b/i);
        expect(await world.say("b", { action: "whoami" })).to.deep.include({ user: { id: "bob", name: "BOB" } });
        const refusals: Readonly<Record<string, string>> = {
          setName: "not_allowed",
          editMessage: "not_yours",
          deleteMessage: "not_yours",
          getMessages: "not_a_member",
          resume: "not_a_member",
          refresh: "unauthenticated",
        };
        expect(answer?.code).to.equal(refusals[action]);
        expect(JSON.stringify(answer)).not.to.include("between us");
      });
    }

    for (const [dialect, frame] of IN_DIALECTS) {
      it(`by ${JSON.stringify(frame).slice(0, 60)} of ${dialect}`, async () => {
        const { seen } = await spoof({ ...ANN, ...frame }, dialect);
        expect(seen).not.to.match(/\bann\b/i);
        if (/hi/.test(JSON.stringify(frame))) expect(seen).to.match(/bob/i);
        const stored = await world.say("c", { action: "getMessages", conversation: "lobby", requestId: "r" });
        const direct = await world.say("c", { action: "getMessages", with: "bob", requestId: "r" });
        expect(JSON.stringify([stored, direct])).not.to.match(/\bann\b/i);
        expect((await world.connection("b")).userId).to.equal("bob");
      });
    }
  });
});
