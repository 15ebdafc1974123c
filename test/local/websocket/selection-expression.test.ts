import { expect } from "chai";
import { compileSelectionExpression } from "#local/websocket/selection-expression.ts";

const body = {
  service: "chat",
  action: "join",
  n: 1,
  yes: true,
  list: ["a", "b"],
  meta: { type: "deep", "a-b": "dash" },
};

const examples: readonly (readonly [string, string])[] = [
  ["$request.body.action", "join"],
  ["${request.body.action}", "join"],
  ["${request.body.service}/${request.body.action}", "chat/join"],
  ["$request.body.service/$request.body.action", "chat/join"],
  ["${request.body.action}-${request.body.nope}", "join-"],
  ["action", "action"],
  ["\\$default", "$default"],
  ["\\${request.body.action}", "${request.body.action}"],
  ["$request.body.meta.type", "deep"],
  ["$request.body.meta.a-b", "dash"],
  ["$request.body['meta']['type']", "deep"],
  ["$request.body.list[1]", "b"],
  ["$request.body.list", "[a, b]"],
  ["$request.body.n", "1"],
  ["$request.body.yes", "true"],
  ["$request.body.nope.deeper", ""],
  ["$request.body.constructor", ""],
];

describe("selection expression", () => {
  for (const [expression, value] of examples) {
    it(`${expression} is "${value}"`, () => {
      expect(compileSelectionExpression(expression)(body)).to.equal(value);
    });
  }

  it("does not evaluate what comes out of a message", () => {
    const evaluate = compileSelectionExpression("${request.body.a}${request.body.b}");
    expect(evaluate({ a: "${request.body.b}", b: "$request.body.a" })).to.equal("${request.body.b}$request.body.a");
  });

  for (const value of [null, 5, "text", [1]]) {
    it(`is empty for a message that is ${JSON.stringify(value)}`, () => {
      expect(compileSelectionExpression("$request.body.action")(value)).to.equal("");
    });
  }

  it("refuses variables and paths that are not served", () => {
    expect(() => compileSelectionExpression("$request.header.x")).to.throw(
      '"$request.header.x" in "$request.header.x"',
    );
    expect(() => compileSelectionExpression("$request.body.a[*]")).to.throw("not served");
  });
});
