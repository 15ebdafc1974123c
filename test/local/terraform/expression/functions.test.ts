import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ExpressionError } from "#local/terraform/expression/expression-error.ts";
import { resolved, value } from "./evaluated.ts";

describe("Terraform functions", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['replace("wss://x/ws", "/^ws/", "http")', "https://x/ws"],
    ['replace("a.b.c", ".", "-")', "a-b-c"],
    ['replace("a$b", "$", "$$&")', "a$$&b"],
    ['replace("hello", "/(l+)(o)/", "$2$1")', "heoll"],
    ['replace("Hello", "/(?i)h(?P<rest>.*)/", "$${rest}")', "ello"],
    ['format("%s-%03d %5.1f%% %q %v %-4s|", "a", 7, 2.25, "q", [1], "b")', 'a-007   2.3% "q" [1] b   |'],
    ['format("%[2]s %[1]s", "a", "b")', "b a"],
    ['join("-", ["a", 1], ["b"])', "a-1-b"],
    ['split(",", "a,b,")', ["a", "b", ""]],
    ['trimprefix("dev-x", "dev-")', "x"],
    ['trimsuffix("arn:*", ":*")', "arn"],
    ['trim("?!x!", "!?")', "x"],
    ['substr("hello", 1, -1)', "ello"],
    ['substr("hello", -3, 2)', "ll"],
    ['title("hello wide-world")', "Hello Wide-World"],
    ['regex("(\\\\d+)-(\\\\w)", "x 12-a")', ["12", "a"]],
    ['regexall("[a-z]+", "1 ab 2 c")', ["ab", "c"]],
    ['jsonencode({ b = "<&>", a = [1, null, true] })', '{"a":[1,null,true],"b":"\\u003c\\u0026\\u003e"}'],
    ['jsondecode("{\\"a\\":[1]}").a[0]', 1],
    ['base64decode(base64encode("é"))', "é"],
    ['sha1("a")', "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"],
    ['md5("a")', "0cc175b9c0f1b6a831c399e269772661"],
    ['base64sha256("a")', "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="],
    ['urlencode("a b/é!")', "a+b%2F%C3%A9%21"],
    ["concat([1], [], [2, 3])", [1, 2, 3]],
    ["merge({ a = 1, b = 1 }, null, { b = 2 })", { a: 1, b: 2 }],
    ['lookup(map, "c", 9)', 9],
    ["element([1, 2, 3], 4)", 2],
    ["contains([1, [2]], [2])", true],
    ["keys(map)", ["a", "b"]],
    ["values(map)", [1, 2]],
    ["flatten([1, [2, [3]]])", [1, 2, 3]],
    ["toset([1, 2, 1])", [1, 2]],
    ['sort(["b", "a"])', ["a", "b"]],
    ['compact(["a", "", null])', ["a"]],
    ['coalesce("", null, "x")', "x"],
    ['zipmap(["a", "b"], [1, 2])', { a: 1, b: 2 }],
    ["range(3)", [0, 1, 2]],
    ["range(5, 1, -2)", [5, 3]],
    ["chunklist([1, 2, 3], 2)", [[1, 2], [3]]],
    ["setsubtract([1, 2, 3], [2])", [1, 3]],
    ['tonumber("1.5") + 1', 2.5],
    ["tostring(true)", "true"],
    ['length("é€") + length([1]) + length({})', 3],
    ['parseint("ff", 16)', 255],
    ["ceil(1.2) + floor(1.8) + abs(-1)", 4],
    ["sum([1, 2.5])", 3.5],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression} is ${JSON.stringify(expected)}`, () => {
      expect(value(expression)).to.deep.equal(expected);
    });
  }

  it("reads files beside the Terraform file", () => {
    const directory = mkdtempSync(join(tmpdir(), "terraform-"));
    writeFileSync(join(directory, "code.txt"), "a");
    try {
      expect(resolved('${filebase64sha256("code.txt")}', directory)).to.equal(
        "ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs=",
      );
      expect(resolved('${file("code.txt")}', directory)).to.equal("a");
      expect(resolved('${fileexists("none.txt")}', directory)).to.equal(false);
      expect(() => resolved('${file("none.txt")}', directory)).to.throw(ExpressionError, /^file\(\): ENOENT/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("says which function was given what it cannot take", () => {
    expect(() => value('regex("(", "x")')).to.throw(ExpressionError, /^regex\(\): \( is no regular expression: /);
    expect(() => value('lookup(map, "c")')).to.throw(
      ExpressionError,
      'lookup(): the map has no key "c" and there is no default',
    );
    expect(() => value('format("%s %s", "a")')).to.throw(ExpressionError, "format(): %s has no value: 1 were given");
    expect(() => value('jsondecode("{")')).to.throw(ExpressionError, /^jsondecode\(\): /);
  });
});
