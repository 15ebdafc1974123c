import { join } from "node:path";
import { expect } from "chai";
import { evaluateExpression } from "#local/terraform/expression/evaluate-expression.ts";
import { ExpressionError } from "#local/terraform/expression/expression-error.ts";
import { readModuleSources } from "#local/terraform/hcl/module-sources.ts";
import { parseHcl } from "#local/terraform/hcl/parse-hcl.ts";
import { TestDirectory } from "../support/running-lambda.ts";

/** The attributes of the text, evaluated. */
function values(text: string): Record<string, unknown> {
  const scope = {
    directory: ".",
    lookup: (name: string): unknown => {
      throw new ExpressionError(`nothing is called ${name}`);
    },
  };
  return Object.fromEntries(
    [...parseHcl(text).attributes].map(([name, expression]) => [name, evaluateExpression(expression, scope)]),
  );
}

describe("HCL", () => {
  it("has attributes, one a line, between comments", () => {
    const text = `
      # one
      a = 1 // two
      b = "x" /* three
      */ c = [
        1,
        2, # four
      ]
      d = {
        e = true
        "f g" : null
      }`;
    expect(values(text)).to.deep.equal({ a: 1, b: "x", c: [1, 2], d: { e: true, "f g": null } });
  });

  it("has blocks with labels, in one another", () => {
    const [block] = parseHcl('resource "aws_x" "y" {\n  name = "z"\n  inner {\n    a = 1\n  }\n  inner {}\n}').blocks;
    expect(block).to.include({ type: "resource" });
    expect(block?.labels).to.deep.equal(["aws_x", "y"]);
    expect([...(block?.body.attributes.keys() ?? [])]).to.deep.equal(["name"]);
    expect(block?.body.blocks.map(({ type }) => type)).to.deep.equal(["inner", "inner"]);
  });

  it("has heredocs, indented or not, with expressions in them", () => {
    expect(values('a = <<EOT\n  say "${upper("hi")}" \\d\nEOT\nb = 2')).to.deep.equal({ a: '  say "HI" \\d\n', b: 2 });
    expect(values("a = <<-TEXT\n    one\n      two\n    TEXT\n")).to.deep.equal({ a: "one\n  two\n" });
    expect(values("a = <<-X\n  $${not} ${jsonencode({ a = { b = 1 } })}\n  X\n")).to.deep.equal({
      a: '${not} {"a":{"b":1}}\n',
    });
  });

  it("has functions of providers, which fail only where they are called", () => {
    const text = 'a = try(provider::aws::arn_parse("x"), 1)';
    expect(values(text)).to.deep.equal({ a: 1 });
  });

  it("is refused with the place where it is none", () => {
    expect(() => parseHcl("a = \n}")).to.throw(ExpressionError, "expected a value at position 6");
    expect(() => parseHcl('a "b"')).to.throw(ExpressionError, "expected { at position 6, found the end");
    expect(() => parseHcl("a {")).to.throw(ExpressionError, "expected a name at position 4, found the end");
  });

  describe("beside a plan", () => {
    const directory = new TestDirectory();
    after(() => directory.remove());

    it("is read with the modules it calls, in folders and fetched by init", () => {
      const root = directory.write("root", {
        "main.tf": 'module "near" {\n  source = "./near"\n}\nmodule "far" {\n  source = "some/registry/module"\n}\n',
      });
      directory.write("root/near", { "main.tf": 'output "x" {\n  value = 1\n}\n' });
      directory.write("root/.terraform/modules/far", { "main.tf": "locals {\n  a = 1\n}\n" });
      const Modules = [{ Key: "far", Dir: ".terraform/modules/far" }];
      directory.write("root/.terraform/modules", { "modules.json": JSON.stringify({ Modules }) });
      const sources = readModuleSources(root);
      expect([...sources.keys()]).to.deep.equal(["", "near", "far"]);
      expect([...(sources.get("near")?.outputs.keys() ?? [])]).to.deep.equal(["x"]);
      expect([...(sources.get("far")?.locals.keys() ?? [])]).to.deep.equal(["a"]);
    });

    it("is not used at all when it is not understood, or not there", () => {
      const problems: string[] = [];
      const strange = directory.write("strange", { "main.tf": "a = %%" });
      expect(readModuleSources(strange, (problem) => problems.push(problem)).size).to.equal(0);
      expect(problems).to.deep.equal([
        `${join(strange, "main.tf")} is not understood, so the plan is served without its *.tf files: expected a value at position 5, found %`,
      ]);
      expect(readModuleSources(directory.write("empty", {})).size).to.equal(0);
    });
  });
});
