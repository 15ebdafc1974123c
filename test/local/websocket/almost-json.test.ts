import { expect } from "chai";
import fc from "fast-check";
import { parseAlmostJson } from "#local/websocket/almost-json.ts";
import { selectRoutes } from "#local/websocket/route-selection.ts";

describe("almost JSON", () => {
  for (const [text, value] of [
    ['{"action":"sendMessage", body:"hello"}', { action: "sendMessage", body: "hello" }],
    ['{action:"a",\n other_1 : {inner: [1, {b:2}]}}', { action: "a", other_1: { inner: [1, { b: 2 }] } }],
    ['{a:"{b: \\"c, d: 1\\"}"}', { a: '{b: "c, d: 1"}' }],
    ['{"a":", b:1", c:1}', { a: ", b:1", c: 1 }],
  ] as const) {
    it(`§3.1 has keys without quotes: ${text.replace("\n", "\\n")}`, () => {
      expect(parseAlmostJson(text)).to.deep.equal(value);
    });
  }

  for (const text of [
    "{'a':1}",
    '{"a":1,}',
    '{"a":b}',
    "{a-b:1}",
    "hello",
    "a:1",
    '{a:"b',
    '{"a":1 /* c */}',
    '{"a":NaN}',
    "",
  ]) {
    it(`is nothing else: ${text}`, () => {
      expect(() => parseAlmostJson(text)).to.throw(SyntaxError);
    });
  }

  it("leaves JSON as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(parseAlmostJson(text)).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  it("selects the route by what can be read", () => {
    const select = selectRoutes(
      "$request.body.action",
      new Map([
        ["send", "send"],
        ["$default", "default"],
      ]),
    );
    expect(select('{action:"send"}')).to.equal("send");
    expect(select("{'action':'send'}")).to.equal("default");
  });

  it("takes no longer the more there is to try", () => {
    for (const piece of ['\\"', "{", "{a ", ", ", "{ ", '"', "{a", "{a:"]) {
      const startedAt = process.cpuUsage().user;
      expect(() => parseAlmostJson(piece.repeat((128 * 1024) / piece.length))).to.throw(SyntaxError);
      expect(process.cpuUsage().user - startedAt, piece).to.be.lessThan(200_000);
    }
    expect(() => parseAlmostJson(`{a${" ".repeat(128 * 1024)}`)).to.throw(SyntaxError);
    expect(() => parseAlmostJson(`{${"a".repeat(128 * 1024)}`)).to.throw(SyntaxError);
  });
});
