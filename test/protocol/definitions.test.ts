// The examples of the documents, read by what reads real frames.
import { expect } from "chai";
import { check, checkedFields } from "#protocol/check-shape.ts";
import { ACKS, PUSHES } from "#protocol/definitions.ts";
import { readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError, ERRORS, type ErrorCode } from "#protocol/errors.ts";
import { type Done, EXCHANGES, type Exchanges } from "#protocol/example-exchanges.ts";
import { PUSH_EXAMPLES, REFUSALS, type Refused } from "#protocol/example-frames.ts";
import type { Action, Push } from "#protocol/messages.ts";
import { ACTIONS } from "#protocol/parse-request.ts";

/** What parsing alone can find out; every other code takes a look at the world. */
const FOUND_BY_PARSING: ReadonlySet<ErrorCode> = new Set([
  "invalid_json",
  "invalid_request",
  "unknown_action",
  "message_too_large",
]);

const read = (frame: object | string) => readFrame(typeof frame === "string" ? frame : JSON.stringify(frame), "native");

function expectRefused({ request, error }: Refused<ErrorCode>): void {
  const { command, action, requestId } = read(request);
  if (!FOUND_BY_PARSING.has(error.code)) {
    expect(command).not.to.be.instanceOf(ChatError);
    return;
  }
  if (!(command instanceof ChatError)) throw new Error(`accepted: ${JSON.stringify(command)}`);
  const answer = {
    type: "error",
    code: command.code,
    message: command.message,
    retryable: ERRORS[command.code].retryable,
    ...(action === undefined ? {} : { action }),
    ...(requestId === undefined ? {} : { requestId }),
  };
  expect(answer).to.deep.equal(error);
}

function expectPush(frame: Push): void {
  expect(check(PUSHES[frame.type], frame, frame.type)).to.deep.equal(frame);
}

describe("the documented exchanges", () => {
  for (const action of ACTIONS) {
    const { done, refused }: { readonly done: Done<Action>; readonly refused: Refused<ErrorCode> } = EXCHANGES[
      action
    ] as Exchanges<Action>;

    it(`${action}: the request is read as it stands`, () => {
      const { requestId, ...request } = done.request;
      const frame = read(done.request);
      expect(frame.command).to.deep.equal(request);
      expect(frame.requestId).to.equal(requestId);
    });

    it(`${action}: the ack has its fields and answers the request`, () => {
      const { type, action: answered, requestId, ...fields } = done.ack;
      expect({ type, answered, requestId }).to.deep.equal({
        type: "ack",
        answered: action,
        requestId: done.request.requestId,
      });
      expect(checkedFields(ACKS[action], fields)).to.deep.equal(fields);
    });

    it(`${action}: what the others are told are pushes`, () => {
      for (const push of done.pushes ?? []) expectPush(push);
    });

    it(`${action}: the refused request is refused in these words`, () => expectRefused(refused));
  }
});

describe("the documented pushes", () => {
  for (const [name, examples] of Object.entries(PUSH_EXAMPLES)) {
    it(`${name} has its fields`, () => {
      for (const { frame } of examples) {
        expect(frame.type).to.equal(name);
        expectPush(frame);
      }
    });
  }
});

describe("the documented errors", () => {
  for (const [code, refused] of Object.entries<Refused<ErrorCode>>(REFUSALS)) {
    it(`${code} is earned by its request`, () => {
      expect(refused.error.code).to.equal(code);
      expectRefused(refused);
    });
  }
});
