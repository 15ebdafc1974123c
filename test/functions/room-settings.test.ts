import { expect } from "chai";
import { readRoomRules, readRoomShards, shardsOf } from "#functions/runtime/room-settings.ts";

describe("what a stage says of some rooms", () => {
  it("is read from JSON objects, and refused when it is something else", () => {
    expect(readRoomShards('{"event-*":16,"news":2}')).to.deep.equal({ "event-*": 16, news: 2 });
    for (const wrong of ["", "16", "[16]", "null", '{"a":0}', '{"a":1.5}', '{"a":"2"}']) {
      expect(readRoomShards(wrong), wrong).to.equal(undefined);
    }
    expect(readRoomRules('{"team-*":"members"}')).to.deep.equal({ "team-*": "members" });
    for (const wrong of ["members", '{"a":"open"}']) expect(readRoomRules(wrong), wrong).to.equal(undefined);
  });

  it("decides by the longest pattern over how many shards a room is spread, a full name before all", () => {
    const config = { membershipShards: 3, roomShards: { "e*": 4, "event-*": 16, "event-1": 2 } };
    const shards = (conversation: string) => shardsOf(config, conversation);
    expect(["room:event-1", "room:event-12", "room:e", "room:other"].map(shards)).to.deep.equal([2, 16, 4, 3]);
  });

  it("is not said of the lobby, whatever rooms there are", () => {
    expect(shardsOf({ membershipShards: 3, roomShards: { "*": 8, lobby: 9 } }, "lobby")).to.equal(3);
  });
});
