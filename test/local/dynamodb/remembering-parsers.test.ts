import { createRequire } from "node:module";
import { expect } from "chai";
import fc from "fast-check";
import { type ExpressionParser, rememberingParser } from "#local/dynamodb/remembering-parsers.ts";

const load = createRequire(import.meta.url);

describe("the parsers that remember", () => {
  const { condition, operand } = fc.letrec((tie) => ({
    path: fc.constantFrom("yy", "yy.zz", "yy[1]", "#name", "size", "and"),
    operand: fc.oneof(
      { maxDepth: 2 },
      tie("path"),
      fc.constantFrom(":v", ":missing", "3"),
      tie("operand").map((one) => `(${one})`),
      fc.tuple(tie("operand"), tie("operand")).map(([a, b]) => `if_not_exists(${a}, ${b})`),
      tie("operand").map((one) => `size(${one})`),
      fc.tuple(tie("operand"), fc.constantFrom("+", "-", " - "), tie("operand")).map((parts) => parts.join("")),
    ),
    condition: fc.oneof(
      { maxDepth: 2 },
      fc.tuple(tie("operand"), fc.constantFrom(" = ", "<>", " < "), tie("operand")).map((parts) => parts.join("")),
      fc.tuple(tie("operand"), tie("operand")).map(([a, b]) => `${a} BETWEEN :v AND ${b}`),
      fc.tuple(tie("path"), tie("operand")).map(([a, b]) => `begins_with(${a}, ${b})`),
      tie("condition").map((one) => `NOT (${one})`),
      tie("condition").map((one) => `(${one})`),
      fc
        .tuple(tie("condition"), fc.constantFrom(" AND ", " or ", " "), tie("condition"))
        .map((parts) => parts.join("")),
    ),
  })) as { condition: fc.Arbitrary<string>; operand: fc.Arbitrary<string> };

  it("find in any condition what dynalite's own find", () => same("conditionParser", condition));

  it("find in any update what dynalite's own find", () =>
    same(
      "updateParser",
      fc
        .tuple(operand, fc.constantFrom(" REMOVE yy", " ADD zz :v", "", ")"))
        .map(([one, rest]) => `SET b = ${one}${rest}`),
    ));
});

function same(name: string, texts: fc.Arbitrary<string>): void {
  const file = load.resolve(`dynalite/db/${name}.js`);
  const remembering = rememberingParser(file);
  // its `parse` may have been replaced by what ran before in this process
  delete load.cache[file];
  const own: ExpressionParser = load(file);
  fc.assert(
    fc.property(texts, (text) => {
      expect(outcome(remembering, text)).to.deep.equal(outcome(own, text));
    }),
    { numRuns: 500 },
  );
}

/** What it found, or its complaint, and which names and values it has seen. */
function outcome(parser: ExpressionParser, text: string): unknown {
  const context = {
    attrNames: { "#name": "n" },
    attrVals: { ":v": { N: "1" } },
    unusedAttrNames: { "#name": true },
    unusedAttrVals: { ":v": true },
    isReserved: (word: string) => word.toLowerCase() === "and",
    compare: () => true,
  };
  try {
    return { result: parser.parse(text, { context }), context: { ...context, isReserved: 0, compare: 0 } };
  } catch (error) {
    return String(error);
  }
}
