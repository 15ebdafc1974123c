import { expect } from "chai";
import { closeReason } from "#client/close-reason.ts";

describe("client/close-reason", () => {
  const handshake = { wasOpen: false, withToken: true };

  it("tells a refused token as surely as the runtime does", () => {
    for (const [detail, refused] of [
      ["Unexpected server response: 401", "surely"],
      ["Unexpected server response: 403", "surely"],
      ["Unexpected server response: 429", undefined],
      ["Unexpected server response: 500", undefined],
      ["connect ECONNREFUSED 127.0.0.1:4030", undefined],
      // Node's own WebSocket
      ["Received network error or non-101 status code.", "perhaps"],
      // browsers
      [undefined, "perhaps"],
    ] as const)
      expect(closeReason(1006, { ...handshake, detail }).refused, detail).to.equal(refused);
  });

  it("says nothing of tokens where none was shown, or the connection was open", () => {
    const detail = "Unexpected server response: 403";
    expect(closeReason(1006, { wasOpen: false, withToken: false, detail })).not.to.have.property("refused");
    expect(closeReason(1006, { wasOpen: true, withToken: true })).to.deep.equal({
      code: 1006,
      words: "The connection was lost.",
    });
  });

  it("tells a handshake that failed from a connection that was lost", () => {
    for (const withToken of [true, false]) {
      expect(closeReason(1006, { wasOpen: false, withToken })).to.include({ neverOpened: true });
      expect(closeReason(1006, { wasOpen: true, withToken })).not.to.have.property("neverOpened");
    }
  });
});
