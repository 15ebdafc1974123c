// Names and the like have a character that can be seen.
import { expect } from "chai";
import { ChatError } from "#protocol/errors.ts";
import { type Known, MESSAGE_AI, read, refused } from "#test/support/frames.ts";

describe("reading a frame", () => {
  describe("refuses", () => {
    describe("what consists of nothing that can be seen", () => {
      const fields = (unseen: string): [known: Known, field: string, frame: object][] => [
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
  });
});
