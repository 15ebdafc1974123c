import { expect } from "chai";
import { read } from "#test/support/frames.ts";

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
});
