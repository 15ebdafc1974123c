import { expect } from "chai";
import type { Dialect } from "#protocol/dialects/dialect.ts";
import { readFrame } from "#protocol/dialects/read-frame.ts";
import { walkthrough as itself } from "#protocol/dialects/walkthrough.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";

const read = (frame: unknown, known?: Parameters<typeof readFrame>[1]) =>
  readFrame(typeof frame === "string" ? frame : JSON.stringify(frame), known);

const walkthrough: { parse: Dialect["parse"] } = itself;

const MESSAGE_AI = {
  action: "sendMessage",
  messageId: "m1",
  conversationId: "c1",
  senderId: "u1",
  senderName: "Ann",
  recipientId: "u2",
  content: "x",
  timestamp: "t",
};

function refused(frame: unknown, known?: Parameters<typeof readFrame>[1]): ChatError {
  const { command } = read(frame, known);
  if (!(command instanceof ChatError)) throw new Error(`accepted: ${JSON.stringify(command)}`);
  return command;
}

describe("reading a frame", () => {
  describe("tells the five ways to say sendMessage apart by their shape", () => {
    it("native: `to` is an object", () => {
      const frame = read({ action: "sendMessage", to: { room: "general" }, content: "hi", id: "m1", requestId: "r1" });
      expect(frame.dialect.name).to.equal("native");
      expect(frame.requestId).to.equal("r1");
      expect(frame.command).to.deep.equal({ action: "sendMessage", to: { room: "general" }, content: "hi", id: "m1" });
    });

    it("system 0: the key is misspelt, and the text is the first of content, message, data, text, body", () => {
      const frame = read({ actionn: "sendMessage", data: "hi", body: "not this" });
      expect(frame.dialect.name).to.equal("walkthrough");
      expect(frame.command).to.deep.equal({ action: "sendMessage", to: { everyone: true }, content: "hi" });
    });

    it("system 1: targetId names a connection, without it everybody is meant", () => {
      const targeted = read({ action: "sendMessage", targetId: "c2=", message: "Hello World!" });
      expect(targeted.dialect.name).to.equal("rooms");
      expect(targeted.command).to.deep.equal({
        action: "sendMessage",
        to: { connection: "c2=" },
        content: "Hello World!",
      });
      expect(read({ action: "sendMessage", message: "hello" }).command).to.deep.equal({
        action: "sendMessage",
        to: { everyone: true },
        content: "hello",
      });
    });

    it("system 4: recipientId alone names a user", () => {
      const frame = read({ action: "sendMessage", recipientId: "u2", content: "hi" });
      expect(frame.dialect.name).to.equal("typescript-chat");
      expect(frame.command).to.deep.equal({ action: "sendMessage", to: { user: "u2" }, content: "hi" });
    });
  });

  it("accepts both spellings of system 2's actions", () => {
    for (const sign of ["", "$"]) {
      const frame = read({ action: `${sign}sendPrivate`, to: "alice", message: "psst" });
      expect(frame.dialect.name).to.equal("names");
      expect(frame.command).to.deep.equal({ action: "sendMessage", to: { name: "alice" }, content: "psst" });
      expect(read({ action: `${sign}setName`, name: "bob" }).command).to.deep.equal({ action: "setName", name: "bob" });
    }
  });

  it("takes a client that said it is native by its word where shapes collide", () => {
    expect(read({ action: "joinRoom", room: "general" }).dialect.name).to.equal("rooms");
    expect(read({ action: "joinRoom", room: "general" }, "native").dialect.name).to.equal("native");
  });

  it("a ping tells nothing about whose client it is, and is a request in every dialect", () => {
    for (const known of [undefined, "native", "rooms", "names", "typescript-chat"] as const) {
      const frame = read({ action: "ping" }, known);
      expect(frame.telling).to.equal(false);
      expect(frame.command).to.deep.equal({ action: "ping" });
    }
  });

  it("relays plain words of a connection that has shown no dialect, or the walkthrough's", () => {
    for (const known of [undefined, "walkthrough"] as const) {
      expect(read("hello there", known).command).to.deep.equal({
        action: "sendMessage",
        to: { everyone: true },
        content: "hello there",
      });
    }
  });

  it("relays any JSON of a walkthrough connection as it stands when it has no text", () => {
    expect(read([1, 2], "walkthrough").command).to.include({ content: "[1,2]" });
    expect(read({ foo: 1 }, "walkthrough").command).to.include({ content: '{"foo":1}' });
    const raw = '{ "x": 1.0, "big": 12345678901234567890 }';
    expect(read(raw, "walkthrough").command).to.include({ content: raw });
    expect(read(`[${raw}]`, "walkthrough").command).to.include({ content: `[${raw}]` });
  });

  it("reads the history's startKey as the cursor it was given as", () => {
    const frame = read({ action: "getMessages", targetId: "u2", limit: 10, startKey: "o7" });
    expect(frame.command).to.deep.equal({ action: "getMessages", with: "u2", limit: 10, cursor: "o7" });
  });

  describe("refuses", () => {
    const cases: [name: string, frame: unknown, code: string, says: RegExp][] = [
      ["broken JSON", '{"action":"ping"', "invalid_json", /not JSON/],
      ["an empty frame", "", "invalid_json", /not JSON/],
      ["an array", [1], "invalid_json", /an array/],
      ["a number", 5, "invalid_json", /the JSON value 5/],
      ["null", null, "invalid_json", /null/],
      ["a number too large, alone", "-1e999", "invalid_json", /the JSON value -Infinity;/],
      ["a number too large", '{"action":"joinRoom","room":1e999}', "invalid_request", /"room" is Infinity; it/],
      [
        "a number too large among others",
        '{"action":"sendMessage","to":[1e999,null,{"at":-1e999}]}',
        "invalid_request",
        /"to" is \[Infinity,null,\{"at":-Infinity\}\]; it/,
      ],
      [
        "a number too large where a number is right",
        '{"action":"getMessages","targetId":"u","limit":1e999}',
        "invalid_request",
        /"limit" is Infinity; it must be a whole number from 1 to 100/,
      ],
      ["an object without an action", { foo: 1 }, "invalid_request", /"action" is missing/],
      ["an unknown action", { action: "fly" }, "unknown_action", /"fly"; the actions are setName/],
      ["the name of a thing every object has", { action: "constructor" }, "unknown_action", /"constructor"/],
      ["an action that is no text", { action: 1 }, "invalid_request", /"action" is 1/],
      ["sendMessage without a target", { action: "sendMessage" }, "invalid_request", /"to" is missing/],
      [
        "two targets",
        { action: "sendMessage", to: { room: "a", user: "b" }, content: "x" },
        "invalid_request",
        /"to" is/,
      ],
      [
        "everyone: false",
        { action: "sendMessage", to: { everyone: false }, content: "x" },
        "invalid_request",
        /"everyone" is false; it must be true/,
      ],
      ["an empty text", { action: "sendMessage", to: { room: "a" }, content: "" }, "invalid_request", /"content"/],
      ["a room that is no text", { action: "joinRoom", room: 5 }, "invalid_request", /"room" is 5/],
      ["a blank room", { action: "joinRoom", room: "  " }, "invalid_request", /"room"/],
      [
        "control characters in a name",
        { action: "setName", name: "a\u0000b" },
        "invalid_request",
        /control characters/,
      ],
      ["a name that turns the text around", { action: "setName", name: "Eve \u202ennA" }, "invalid_request", /control/],
      ["a room of two lines", { action: "joinRoom", room: "a\u2028b" }, "invalid_request", /control/],
      ["a name that is too long", { action: "setName", name: "x".repeat(65) }, "invalid_request", /1 to 64/],
      ["a limit of 0", { action: "getMessages", conversation: "lobby", limit: 0 }, "invalid_request", /from 1 to 100/],
      [
        "a foreign startKey",
        { action: "getMessages", targetId: "u", startKey: { a: 1 } },
        "invalid_request",
        /startKey/,
      ],
      [
        "a startKey that is none of ours, as what its clients call it",
        { action: "getMessages", targetId: "u", startKey: "zzz" },
        "invalid_request",
        /^"startKey" is "zzz"; it must be one of an earlier answer\.$/,
      ],
      ["a requestId that is no text", { action: "ping", requestId: 7 }, "invalid_request", /"requestId" is 7/],
    ];
    for (const [name, frame, code, says] of cases) {
      it(name, () => {
        const refusal = refused(frame);
        expect(refusal.code).to.equal(code);
        expect(refusal.message).to.match(says);
      });
    }

    it("a history without whose it is, in the words of the client's own system", () => {
      expect(refused({ action: "getMessages" }, "typescript-chat").message).to.match(/^"targetId" is missing; it must/);
      expect(refused({ action: "getMessages" }, "native").message).to.match(/^"conversation" is missing; .* "with"/);
      expect(read({ action: "getMessages", with: "u2" }, "typescript-chat").command).to.deep.equal({
        action: "getMessages",
        with: "u2",
      });
    });

    describe("what is nested deeper than JSON can be written again", () => {
      const DEEP = `${"[".repeat(12_000)}1${"]".repeat(12_000)}`;
      const deep = (frame: object) => JSON.stringify(frame).replace('"deep"', DEEP);
      const fields: [field: string, frame: object][] = [
        ["room", { action: "sendMessage", requestId: "r1", content: "x", to: { room: "deep" } }],
        ["to", { action: "sendMessage", requestId: "r1", content: "x", to: "deep" }],
        ["room", { action: "joinRoom", requestId: "r1", room: "deep" }],
        ["action", { action: "deep", requestId: "r1" }],
        ["content", { action: "sendMessage", requestId: "r1", content: "deep", to: { room: "tea" } }],
        ["recipientIds[0]", { ...MESSAGE_AI, requestId: "r1", isGroupChat: true, recipientIds: ["deep"] }],
      ];
      for (const [field, frame] of fields) {
        it(`as ${field} of ${JSON.stringify(frame).slice(0, 50)}`, () => {
          const { command, requestId } = read(deep(frame));
          expect(command).to.be.instanceOf(ChatError);
          const { code, message } = command as ChatError;
          expect({ code, requestId }).to.deep.equal({ code: "invalid_request", requestId: "r1" });
          expect(message).to.include(`"${field}" is [[[`).and.include("…; it must be");
          expect(message.length).to.be.below(300);
        });
      }

      it("as requestId", () => {
        const { command, requestId } = read(deep({ action: "ping", requestId: "deep" }));
        expect(command).to.include({ code: "invalid_request" });
        expect(requestId).to.equal(undefined);
      });

      it("as what is replied to, where something shorter is taken as it is", () => {
        const { command } = read(deep({ ...MESSAGE_AI, replyToContent: "deep" }));
        expect(command).to.include({ code: "invalid_request" });
        const fits = `{"a":${"[".repeat(1_900)}${"]".repeat(1_900)}}`;
        const taken = read(JSON.stringify({ ...MESSAGE_AI, replyToContent: "fits" }).replace('"fits"', fits));
        expect(taken.command).to.include({ action: "sendMessage" });
      });

      it("but not what a walkthrough connection says, which is a text whatever it is", () => {
        expect(read(DEEP, "walkthrough").command).to.include({ content: DEEP });
        expect(read(deep({ foo: "deep" }), "walkthrough").command).to.include({ content: deep({ foo: "deep" }) });
      });
    });

    it("a defect of ours, which is no command", () => {
      const { parse } = walkthrough;
      walkthrough.parse = () => {
        throw new RangeError("a defect");
      };
      try {
        const { command, requestId } = read({ actionn: "x", data: "x", requestId: "r1" });
        expect(command).to.be.instanceOf(ChatError).and.include({ code: "internal" });
        expect((command as ChatError).cause).to.be.instanceOf(RangeError);
        expect(requestId).to.equal("r1");
      } finally {
        walkthrough.parse = parse;
      }
    });

    describe("what consists of nothing that can be seen", () => {
      const fields = (unseen: string): [known: Parameters<typeof readFrame>[1], field: string, frame: object][] => [
        ["native", "name", { action: "setName", name: unseen }],
        ["native", "room", { action: "joinRoom", room: unseen }],
        ["native", "room", { action: "sendMessage", to: { room: unseen }, content: "x" }],
        ["native", "user", { action: "sendMessage", to: { user: unseen }, content: "x" }],
        ["rooms", "room", { action: "joinRoom", room: unseen }],
        ["names", "name", { action: "setName", name: unseen }],
        ["names", "name", { action: "$setName", name: unseen }],
        ["names", "to", { action: "sendPrivate", to: unseen, message: "x" }],
        ["message-ai", "senderName", { ...MESSAGE_AI, senderName: unseen }],
        ["message-ai", "conversationId", { ...MESSAGE_AI, conversationId: unseen }],
        ["typescript-chat", "recipientId", { action: "sendMessage", recipientId: unseen, content: "x" }],
      ];

      for (const [known, field, frame] of fields("\u200b \u2060")) {
        it(`${known}, ${(frame as { action: string }).action}: ${field}`, () => {
          const { code, message } = refused(frame, known);
          expect(code).to.equal("invalid_request");
          expect(message).to.equal(
            `"${field}" is "\\u200b \\u2060"; it must be a string with a character that can be seen.`,
          );
        });
      }

      it("whichever of Unicode's ignorable characters it is", () => {
        const taken: string[] = [];
        for (let point = 0; point <= 0x10ffff; point++) {
          const character = String.fromCodePoint(point);
          if (!/\p{Default_Ignorable_Code_Point}/u.test(character)) continue;
          const { command } = read({ action: "setName", name: character.repeat(2) }, "native");
          if (!(command instanceof ChatError)) taken.push(point.toString(16));
        }
        expect(taken).to.deep.equal([]);
      });

      it("but not a word or an emoji that has joiners between what is seen", () => {
        for (const name of [
          "👩‍👩‍👧‍👦",
          "می‌خواهم",
          "❤️",
          "👍🏽",
          "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
          "é",
          "ㅤx",
        ]) {
          expect(read({ action: "setName", name }, "native").command).to.deep.equal({ action: "setName", name });
        }
      });
    });

    it("plain words of a connection that speaks JSON", () => {
      expect(refused("hello", "native").code).to.equal("invalid_json");
      expect(refused("hello", "names").code).to.equal("invalid_json");
    });

    it("a text longer than the limit, counted as it is written in a frame", () => {
      const fits = "x".repeat(LIMITS.contentBytes);
      expect(read({ action: "broadcast", message: fits }).command).to.include({ content: fits });
      expect(refused({ action: "broadcast", message: `${fits}x` }).code).to.equal("message_too_large");
      // 2 bytes each in UTF-8, and 2 as an escape sequence
      expect(refused({ action: "broadcast", message: "é".repeat(LIMITS.contentBytes / 2 + 1) }).code).to.equal(
        "message_too_large",
      );
      expect(refused({ action: "broadcast", message: '"'.repeat(LIMITS.contentBytes / 2 + 1) }).code).to.equal(
        "message_too_large",
      );
    });
  });
});
