import { expect } from "chai";
import { ExpressionError } from "#local/terraform/expression/expression-error.ts";
import { resolved, value } from "./evaluated.ts";

describe("Terraform expressions", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["1 + 2 * 3 - 4 / 2", 5],
    ["(1 + 2) * 3", 9],
    ["-2 - -3", 1],
    ["7 % 4", 3],
    ["1 < 2 && !(2 >= 3) || false", true],
    ["1 + 1 == 2", true],
    ['"a" != "b"', true],
    ["[1, 2] == [1, 2]", true],
    ['1 == "1"', false],
    ['"2" * 3', 6],
    ["true ? 1 : 2", 1],
    ['false ? 1 : true ? "x" : "y"', "x"],
    ["false && local.bad", false],
    ["true || local.bad", true],
    ["true ? 1 : local.bad", 1],
    ["null", null],
    ["1.5e3", 1500],
    ["[1, [2], {}]", [1, [2], {}]],
    ['{ a = 1, "b" : 2, "${local.stage}" = 3 }', { a: 1, b: 2, dev: 3 }],
    ["{\n  a = 1\n  b = 2\n}", { a: 1, b: 2 }],
    ["local.nested.list[0].id", "x"],
    ['local["nested"]["list"][1 - 1]["id"]', "x"],
    ["local.rooms.1", "b"],
    ["people[*].name", ["Ada", "Bob"]],
    ["people.*.name", ["Ada", "Bob"]],
    ['people[*]["name"]', ["Ada", "Bob"]],
    ["[for room in local.rooms : upper(room)]", ["A", "B"]],
    ['[for at, room in local.rooms : "${at}${room}" if at > 0]', ["1b"]],
    ["[for key, value in map : key]", ["a", "b"]],
    ["{for person in people : person.name => length(person.name)}", { Ada: 3, Bob: 3 }],
    ["{for person in people : length(person.name) => person.name...}", { 3: ["Ada", "Bob"] }],
    ["max([3, 9, 2]...)", 9],
    ["/* comment */ 1 # more\n", 1],
    ['try(local.nested.nothing, local.bad, "fallback")', "fallback"],
    ["can(local.bad)", false],
    ["can(local.stage)", true],
    ["jsonencode(local)", '{"rooms":["a","b"],"stage":"dev"}'],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression.replaceAll("\n", " ")} is ${JSON.stringify(expected)}`, () => {
      expect(value(expression)).to.deep.equal(expected);
    });
  }

  const refused: readonly (readonly [string, string])[] = [
    ["${local.stage", "expected } at position 14, found the end"],
    ["${}", "expected a value at position 3, found }"],
    ["${1 +}", "expected a value at position 6, found }"],
    ["${a b}", "expected } at position 5, found b"],
    ["${foo(1, 2}", "expected ) at position 11, found }"],
    ['${"abc}', 'a string is not closed: expected " at the end'],
    ["${local.stage ? 1}", "expected : at position 18, found }"],
    ["${a.}", "expected an attribute name at position 5, found }"],
    ["${1 & 2}", 'unexpected character "&" at position 5'],
    ["${'a'}", 'unexpected character "\'" at position 3'],
    ['${"\\q"}', "unknown escape \\q in a string"],
    ["%{if true}x", "a template directive is not closed: expected %{ endif }"],
    ["${1 ~ 2}", "expected } at position 7, found 2"],
    ["${nothing.x}", "nothing is called nothing"],
    ["${local.stage.x}", 'string "dev" has no attribute x'],
    ["${map.c}", "there is no attribute c, only b, a"],
    ["${local.rooms[2]}", "index 2 is outside a list of 2"],
    ["${uper(local.stage)}", "the function uper() is not supported here; did you mean upper()?"],
    ["${cidrsubnet(1)}", "the function cidrsubnet() is not supported here"],
    ["${1 / 0}", "division by zero"],
    ['${1 + "a"}', 'expected a number, found string "a"'],
    ["${local.rooms} text", "expected text in a template, found a list"],
    ['${"a" ? 1 : 2}', 'expected true or false, found string "a"'],
    ["${join(1, 2)}", "join(): expected a list, found number 2"],
    ["${{for person in people : 1 => person}}", 'two items of the for make the key "1"'],
    ["${try(local.bad)}", "every parameter of try() failed"],
    ["${[for x in 3 : x]}", "expected a list, found number 3"],
  ];
  for (const [template, message] of refused) {
    it(`refuses ${template}`, () => {
      expect(() => resolved(template)).to.throw(ExpressionError, message);
    });
  }
});
