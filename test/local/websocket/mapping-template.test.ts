import { expect } from "chai";
import { compileTemplate, type TemplateData } from "#local/websocket/mapping-template.ts";

const data: TemplateData = {
  body: '{"action":"ping","n":1,"list":["a",{"b":true}],"text":"it\'s \\"so\\""}',
  context: { connectionId: "C=", identity: { sourceIp: "127.0.0.1" } },
  stageVariables: { color: "blue" },
};
const render = (template: string, changes: Partial<TemplateData> = {}): string =>
  compileTemplate(template)({ ...data, ...changes });

describe("mapping template", () => {
  for (const [template, expected] of Object.entries({
    '{"statusCode": 200}': '{"statusCode": 200}',
    "$input.body": data.body,
    "$input.json('$')": '{"action":"ping","n":1,"list":["a",{"b":true}],"text":"it\'s \\"so\\""}',
    "$input.json('$.list[1]')": '{"b":true}',
    "$input.json('$.nope')": "",
    "$input.path('$.action')/$input.path('$.n')": "ping/1",
    "$input.path('$').list": "[a, {b=true}]",
    "$input.path('$').list[0]": "a",
    "$input.path('$.list[1].b')": "true",
    '{"id":"$context.connectionId","ip":"${context.identity.sourceIp}"}': '{"id":"C=","ip":"127.0.0.1"}',
    "$context.nope!": "!",
    "$stageVariables.color.": "blue.",
    "$util.escapeJavaScript($input.path('$.text'))": 'it\\\'s \\"so\\"',
    "$util.base64Encode('$')-$util.base64Decode('YQ==')": "JA==-a",
    "$util.urlEncode('a b&c')$util.urlDecode('a+b%26c')": "a+b%26ca b&c",
    "a ## comment\nb #* more *# c": "a b  c",
    "costs 5$, #1 of #them": "costs 5$, #1 of #them",
  })) {
    const shown = template.replaceAll("\n", "\\n");
    it(`${shown} gives ${expected}`, () => {
      expect(render(template)).to.equal(expected);
    });
  }

  it("finds nothing in a message that is no JSON", () => {
    expect(render("[$input.path('$.a')$input.json('$')]", { body: "hello" })).to.equal("[]");
  });

  it("does not render what comes out of a message", () => {
    expect(render("$input.path('$.a')", { body: '{"a":"$context.connectionId"}' })).to.equal("$context.connectionId");
  });

  for (const [template, reason] of [
    ["#set($a = 1)", "the directive #set is not served"],
    ["#foreach($a in $b)", "the directive #foreach is not served"],
    ["$a", "the reference $a is not served"],
    ["$input.params('x')", "$input.params('x') is not served"],
    ["$util.parseJson('{}')", "$util.parseJson('{}') is not served"],
    ["$input.json('$..a')", "is not served: a path has names and indexes"],
  ] as const) {
    it(`refuses ${template}`, () => {
      expect(() => compileTemplate(template)).to.throw(reason);
    });
  }
});
