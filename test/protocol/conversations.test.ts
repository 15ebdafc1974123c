import { expect } from "chai";
import fc from "fast-check";
import { directConversation, kindOf, participantsOf, roomConversation } from "#protocol/conversations.ts";

describe("conversations", () => {
  it("a direct conversation has one name, whoever speaks, and gives its users back", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "grapheme" }),
        fc.string({ minLength: 1, unit: "grapheme" }),
        (one, other) => {
          const conversation = directConversation(one, other);
          expect(conversation).to.equal(directConversation(other, one));
          expect([...participantsOf(conversation)].sort()).to.deep.equal([one, other].sort());
          expect(kindOf(conversation)).to.equal("direct");
        },
      ),
    );
  });

  it("no user id can pose as a pair of others", () => {
    expect(directConversation("a#b", "c")).not.to.equal(directConversation("a", "b#c"));
  });

  it("a room is a room whatever it is called", () => {
    for (const room of ["general", "direct:a#b", "lobby", "#"]) expect(kindOf(roomConversation(room))).to.equal("room");
  });

  it("anything else is no conversation", () => {
    for (const name of [
      "",
      "room:",
      "direct:",
      "direct:a",
      "direct:b#a",
      "direct:a#%62",
      "direct:a#b#c",
      "direct:%#%",
      "head#lobby",
    ]) {
      expect(kindOf(name)).to.equal(undefined);
    }
  });
});
