import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { check, checkedFields } from "#protocol/check-shape.ts";
import { ACKS, PUSHES } from "#protocol/definitions.ts";
import { readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import type { Frame } from "#protocol/fields.ts";
import type { Action, Push } from "#protocol/messages.ts";
import { isAction } from "#protocol/parse-request.ts";
import { withTables } from "#scripts/protocol-tables.ts";
import { root } from "#scripts/root.ts";

const text = readFileSync(path.join(root, "docs", "protocol.md"), "utf8").replaceAll("\r\n", "\n");

describe("docs/protocol.md", () => {
  it("has the tables that `npm run asyncapi` writes", () => {
    expect(text).to.equal(withTables(text));
  });

  it("cannot lose a table, or have one that does not exist", () => {
    expect(() => withTables(text.replace("<!-- table: errors -->", ""))).to.throw(/markers of errors are missing/);
    expect(() => withTables(text.replace("table: errors", "table: mistakes"))).to.throw(/no table "mistakes"/);
  });

  it("refers to sections and files that exist", () => {
    const sections = [...text.matchAll(/^## (.+)$/gm)].map(
      ([, title = ""]) => `#${title.toLowerCase().replaceAll(" ", "-")}`,
    );
    for (const [, link = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
      if (link.startsWith("#")) expect(sections).to.include(link);
      else {
        const target = path.resolve(root, "docs", link);
        expect(readdirSync(path.dirname(target)), link).to.include(path.basename(target));
      }
    }
  });

  describe("its examples", () => {
    for (const [at, block] of [...text.matchAll(/```json\n([\s\S]*?)```/g)].entries()) {
      const lines = (block[1] ?? "").trim().split("\n");
      it(`block ${at + 1}: ${(lines[0] ?? "").slice(0, 60)}…`, () => {
        for (const [line, frame] of lines.entries()) expectSaid(frame, lines[line + 1]);
      });
    }
  });
});

/** A frame that begins with `action` is a request, and the answer follows it; everything else is the server's. */
function expectSaid(line: string, answer: string | undefined): void {
  const frame = JSON.parse(line) as Frame;
  if (frame.type === undefined && typeof frame.action === "string")
    expectAsked(line, JSON.parse(answer ?? "{}") as Frame);
  else if (frame.type === "ack") expectAck(frame);
  else if (frame.type === "error") expect(ERRORS).to.have.property(String(frame.code));
  else if (frame.type === undefined) expect(frame).to.have.all.keys("message", "connectionId", "requestId");
  else expectPush(frame as unknown as Push);
}

function expectAsked(line: string, answer: Frame): void {
  const { command, action, requestId } = readFrame(line, "native");
  expect({ action: answer.action, requestId: answer.requestId }).to.deep.equal({ action, requestId });
  if (command instanceof ChatError) {
    const { code, message } = command;
    expect(answer).to.include({ type: "error", code, message, retryable: ERRORS[code].retryable });
  } else {
    expect(answer).to.include({ type: "ack" });
  }
}

function expectAck({ type: _, action, requestId: __, ...fields }: Frame): void {
  if (typeof action !== "string" || !isAction(action)) throw new Error(`an ack of ${action}`);
  expect(checkedFields(ACKS[action as Action], fields)).to.deep.equal(fields);
}

function expectPush(frame: Push): void {
  expect(check(PUSHES[frame.type], frame, frame.type)).to.deep.equal(frame);
}
