import { expect } from "chai";
import fc from "fast-check";
import { resolved, value } from "./evaluated.ts";

describe("Terraform templates", () => {
  it("leave text without expressions alone", () => {
    for (const text of ["", "$connect", "$request.body.action", '{"a":"$context.requestId"}', "100 %", "{}"]) {
      expect(resolved(text)).to.equal(text);
    }
  });

  it("hold several expressions", () => {
    expect(resolved("${local.stage}-${1 + 1}!")).to.equal("dev-2!");
  });

  it("keep the type of a single expression", () => {
    expect(resolved("${1 + 1}")).to.equal(2);
    expect(resolved("${local.rooms}")).to.deep.equal(["a", "b"]);
    expect(resolved(" ${1 + 1}")).to.equal(" 2");
  });

  it("take $${ and %%{ for ${ and %{", () => {
    expect(resolved("$${local.stage} ${local.stage} %%{if}")).to.equal("${local.stage} dev %{if}");
  });

  it("nest", () => {
    expect(resolved('${upper("a-${lower("B${"}"}")}")}')).to.equal("A-B}");
  });

  it("know the escapes of quoted strings", () => {
    expect(value('"a\\n\\t\\"\\\\\\u00e9"')).to.equal('a\n\t"\\é');
  });

  it("are the text itself, whatever it is, when escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'${}%"\\a ~\n') }), (text) => {
        fc.pre(!/\$\$\{|%%\{/.test(text));
        const escaped = text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
        return resolved(escaped) === text;
      }),
    );
  });
});
