// How deep a frame may be nested.
import { expect } from "chai";
import { ChatError } from "#protocol/errors.ts";
import { MESSAGE_AI, read } from "#test/support/frames.ts";

describe("reading a frame", () => {
  describe("refuses", () => {
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
  });
});
