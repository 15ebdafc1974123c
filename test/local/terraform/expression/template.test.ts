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

  it("have directives", () => {
    expect(resolved('%{ if local.stage == "dev" }yes%{ else }no%{ endif }!')).to.equal("yes!");
    expect(resolved("%{ if false }yes%{ endif }")).to.equal("");
    expect(resolved("%{ for room in local.rooms }<${room}>%{ endfor }")).to.equal("<a><b>");
    expect(resolved("%{ for at, room in local.rooms }${at}${room}%{ if at == 0 },%{ endif }%{ endfor }")).to.equal(
      "0a,1b",
    );
    expect(value('"%{ if true }a\\n%{ endif }"')).to.equal("a\n");
  });

  it("lose the space around a marker with ~", () => {
    expect(resolved("a  ${~ local.stage ~} \n b")).to.equal("adevb");
    expect(resolved("%{~ for room in local.rooms ~}\n  ${room}\n%{~ endfor ~}\n")).to.equal("ab");
    expect(value('"x ${~ local.stage ~} \\n y"')).to.equal("xdevy");
  });

  it("are refused when a directive is not closed, or none", () => {
    expect(() => value('"%{ if true }a"')).to.throw("a template directive is not closed: expected %{ endif }");
    expect(() => value('"%{ loop }"')).to.throw("the template directive %{ loop } is none: there are if and for");
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
