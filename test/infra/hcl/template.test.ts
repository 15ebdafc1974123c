import { expect } from "chai";
import { expressionOf } from "#infra/hcl/template.ts";

describe("a text of cdk.tf.json in HCL", () => {
  const cases = {
    plain: '"plain"',
    "": '""',
    'a "quoted" \\ text\nof two lines\tand a tab': '"a \\"quoted\\" \\\\ text\\nof two lines\\tand a tab"',
    "${aws_api.api.id}": "aws_api.api.id",
    "integrations/${aws_integration.message.id}": '"integrations/${aws_integration.message.id}"',
    "${a.b}${c.d}": '"${a.b}${c.d}"',
    '${replace(a.b, "/^ws/", "http")}/dev': '"${replace(a.b, "/^ws/", "http")}/dev"',
    '${x["}"]}': 'x["}"]',
    '${x["a\\"}"]}': 'x["a\\"}"]',
    '${f("${g({ a = "}" })}")} "': '"${f("${g({ a = "}" })}")} \\""',
    "$${literal} %%{if}": '"$${literal} %%{if}"',
    '{"Resource":"${a.arn}"}': '"{\\"Resource\\":\\"${a.arn}\\"}"',
    "$request.body.action costs 5 % or 5 $": '"$request.body.action costs 5 % or 5 $"',
    "%{ if a }b%{ endif }": '"%{ if a }b%{ endif }"',
    "$$${a.b}": '"$$${a.b}"',
  };
  for (const [text, expression] of Object.entries(cases)) {
    it(`is ${expression} for ${JSON.stringify(text)}`, () => {
      expect(expressionOf(text)).to.equal(expression);
    });
  }

  it("has to end what it interpolates", () => {
    expect(() => expressionOf("${a")).to.throw("does not end: ${a");
    expect(() => expressionOf('${f("a)}')).to.throw("does not end");
  });
});
