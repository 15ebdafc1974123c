import { expect } from "chai";
import type { ConnectionState } from "#client/connection.ts";
import { RequestError } from "#client/request-error.ts";
import { ERRORS, type ErrorCode } from "#protocol/errors.ts";
import { friendlyName } from "#web/friendly-name.ts";
import { failedAfter, failureInWords, statusInWords } from "#web/human-words.ts";
import { inOrder, rosterAfter, rosterOf, shownName } from "#web/roster.ts";

const TEA = "room:tea";

describe("web words", () => {
  it("say every failure in a sentence, without its code", () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const words = failureInWords(new RequestError(code, "The server's own sentence."));
      expect(words, code)
        .to.match(/^[A-Z].*\.$/)
        .and.not.contain("_");
    }
  });

  it("do not say that a sign-in is over while it is still being renewed", () => {
    const words = (retryable: boolean) => failureInWords(new RequestError("unauthenticated", "No.", retryable));
    expect(words(true)).to.equal("Your sign-in could not be renewed yet.");
    expect(words(false)).to.include("Sign in again");
  });

  it("keep the server's sentence where it names what is wrong with the input", () => {
    const sentence = '"name" is ""; it must be a string of 1 to 64 characters.';
    expect(failureInWords(new RequestError("invalid_request", sentence))).to.equal(sentence);
  });

  const ONLINE = { failed: 0, isOnline: true };
  const lost = { status: "closed", why: { code: 1006, words: "The connection was lost." }, retryInMs: 10 } as const;
  const failed = {
    status: "closed",
    why: { code: 1006, words: "The server cannot be reached.", neverOpened: true },
    retryInMs: 10,
  } as const;

  it("tell a lost connection, which comes back, from a closed one", () => {
    expect(statusInWords(lost, ONLINE)).to.deep.equal({
      state: "waiting",
      text: "Reconnecting…",
      detail: "The connection was lost.",
      notice: "",
    });
    const { retryInMs: _, ...closed } = failed;
    expect(statusInWords(closed, { failed: 9, isOnline: false })).to.deep.equal({
      state: "closed",
      text: "Closed",
      detail: "The server cannot be reached.",
      notice: "",
    });
  });

  it("say after three failed handshakes what is true of a server that is away, and of one that refuses", () => {
    for (const state of [failed, { status: "connecting" }] as const) {
      expect(statusInWords(state, { failed: 2, isOnline: true }).notice).to.equal("");
      const { text, notice } = statusInWords(state, { failed: 3, isOnline: true });
      expect(text).to.equal("Not connected");
      expect(notice).to.match(/is away, or does not let you in: .*banned.* keeps trying\.$/);
    }
    expect(statusInWords({ status: "open" }, { failed: 3, isOnline: true }).notice).to.equal("");
  });

  it("say of a device that is offline that it is, once no handshake succeeds", () => {
    expect(statusInWords(failed, { failed: 1, isOnline: false })).to.include({ text: "Offline", state: "waiting" });
    expect(statusInWords({ status: "connecting" }, { failed: 0, isOnline: false }).text).to.equal("Connecting…");
    expect(statusInWords({ status: "open" }, { failed: 0, isOnline: false }).text).to.equal("Connected");
  });

  it("count the handshakes that failed one after another", () => {
    const counts = (states: readonly ConnectionState[]) => states.reduce(failedAfter, 0);
    expect(counts([{ status: "connecting" }, failed, { status: "connecting" }, failed])).to.equal(2);
    expect(counts([failed, failed, { status: "open" }])).to.equal(0);
    expect(counts([failed, failed, lost])).to.equal(0);
    expect(counts([failed, { status: "closed", why: failed.why }])).to.equal(0);
  });

  it("give a newcomer a name of two words", () => {
    expect(friendlyName(() => 0)).to.equal("Brave Badger");
    expect(friendlyName(() => 0.999_999)).to.equal("Wise Seal");
  });
});

describe("web/roster", () => {
  const roster = rosterOf([{ id: "1", name: "Zoë" }, { id: "2", name: "Ann" }, { id: "3456789" }]);

  it("lists us first and the others by name", () => {
    expect(inOrder(roster, "1").map(shownName)).to.deep.equal(["Zoë", "Ann", "Guest 345678"]);
  });

  it("follows who comes, goes and is renamed", () => {
    const push = { type: "presence", conversation: TEA } as const;
    const joined = rosterAfter(roster, { ...push, event: "join", user: { id: "4", name: "Bob" } });
    const renamed = rosterAfter(joined, { ...push, event: "rename", user: { id: "2", name: "Anna" } });
    const left = rosterAfter(renamed, { ...push, event: "leave", user: { id: "1" } });
    expect(inOrder(left, "4").map(shownName)).to.deep.equal(["Bob", "Anna", "Guest 345678"]);
    expect(roster.size, "the roster before").to.equal(3);
  });
});
