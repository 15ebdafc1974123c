import { expect } from "chai";
import { jsonStart } from "#protocol/json-start.ts";

describe("the start of a value's JSON", () => {
  const values = [
    null,
    true,
    -0,
    1e21,
    "",
    'a "quoted" \\ text\n',
    "\ud83d",
    [],
    {},
    [[], {}, [1, [2, 3]], { a: {} }],
    { a: 1, "b c": [null, { d: "e" }], '"': false, __proto__: 1, 7: 8 },
    JSON.parse('{"__proto__":[1]}'),
  ];

  it("is all of it, when it is short", () => {
    for (const value of values) expect(jsonStart(value, 100)).to.equal(JSON.stringify(value));
  });

  it("is as much as is asked for and tells that there is more, when it is longer", () => {
    for (const value of values) {
      const json = JSON.stringify(value);
      for (let most = 1; most < json.length; most++) {
        const start = jsonStart(value, most);
        expect(start.slice(0, most)).to.equal(json.slice(0, most));
        expect(start.length, `${json} to ${most}`).to.be.above(most);
      }
    }
  });
});
