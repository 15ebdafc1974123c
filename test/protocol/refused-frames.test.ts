// What is no request, and in which words it is refused.
import { expect } from "chai";
import type { Dialect } from "#protocol/dialects/dialect.ts";
import { walkthrough as itself } from "#protocol/dialects/walkthrough.ts";
import { ChatError } from "#protocol/errors.ts";
import { LIMITS } from "#protocol/limits.ts";
import { read, refused } from "#test/support/frames.ts";

const walkthrough: { parse: Dialect["parse"] } = itself;

describe("reading a frame", () => {
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
