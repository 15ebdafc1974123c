import { expect } from "chai";
import { evaluateExpression } from "#local/terraform/expression/evaluate-expression.ts";
import { parseHcl } from "#local/terraform/hcl/parse-hcl.ts";
import { asType } from "#local/terraform/shown/variable-type.ts";

function typed(value: unknown, type: string): unknown {
  const expression = parseHcl(`type = ${type}`).attributes.get("type");
  const scope = { directory: ".", lookup: (name: string) => expect.fail(`${name} was looked up`) };
  return expression && asType(value, expression, (one) => evaluateExpression(one, scope));
}

describe("the type of a variable", () => {
  const route = 'object({ uri = string, timeout = optional(number), type = optional(string, "AWS_PROXY") })';

  it("gives optional attributes their default, or null, however deep", () => {
    const filled = { uri: "a", timeout: null, type: "AWS_PROXY" };
    expect(typed({ uri: "a" }, route)).to.deep.equal(filled);
    expect(typed({ uri: "a", type: null, timeout: 5 }, route)).to.deep.equal({ ...filled, timeout: 5 });
    expect(typed({ x: { uri: "a" } }, `map(${route})`)).to.deep.equal({ x: filled });
    expect(typed([{ uri: "a" }], `list(${route})`)).to.deep.equal([filled]);
    const nested = `object({ inner = optional(${route}, { uri = "b" }) })`;
    expect(typed({}, nested)).to.deep.equal({ inner: { ...filled, uri: "b" } });
  });

  it("drops what an object has not, and leaves all else as it is", () => {
    expect(typed({ uri: "a", other: 1 }, route)).not.to.have.property("other");
    expect(typed({ a: 1 }, "map(any)")).to.deep.equal({ a: 1 });
    expect(typed("text", "string")).to.equal("text");
    expect(typed(null, route)).to.equal(null);
  });
});
