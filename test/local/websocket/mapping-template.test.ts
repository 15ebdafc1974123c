import { expect } from "chai";
import { compileTemplate } from "#local/websocket/mapping-template.ts";
import type { TemplateData } from "#local/websocket/template-variables.ts";

const data: TemplateData = {
  body: '{"action":"ping","n":1,"null":null,"list":["a",{"b":true}],"text":"it\'s \\"so\\""}',
  context: { connectionId: "C=", identity: { sourceIp: "127.0.0.1" } },
  stageVariables: { color: "blue" },
  headers: { Host: "example.com", token: "of the header" },
  query: { token: "t" },
};
const render = (template: string, changes: Partial<TemplateData> = {}): string =>
  compileTemplate(template)({ ...data, ...changes });

describe("mapping template", () => {
  for (const [template, expected] of Object.entries({
    '{"statusCode": 200}': '{"statusCode": 200}',
    "$input.body": data.body,
    "$input.json('$')": '{"action":"ping","n":1,"null":null,"list":["a",{"b":true}],"text":"it\'s \\"so\\""}',
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
    "$input.path('action') $input.path('$.list[*]') $input.json('$..b')": "ping [a, {b=true}] [true]",
    "$input.path('$.list[?(@.b == true)]')": "[{b=true}]",
    '$input.path("$.list[0]")#set($i = 0)$input.path("$.list[$i]")': "aa",
    "$input.path('$.list').count()": "2",
    "#if($input.path('$.nope') == '')none#end#if($context.nope != '')some#end": "none",
    "$util.escapeJavaScript($input.path('$.text')).replaceAll(\"\\\\'\",\"'\")": 'it\'s \\"so\\"',
    '#set($o = $util.parseJson(\'{"key2":{"arr":[1,2,3]}}\'))$o.key2.arr[0]': "1",
    '$util.urlEncode("it\'s (é)")': "it%27s+%28%C3%A9%29",
    "$stageVariables['color'] ${stageVariables['color']}": "blue blue",
    "$input.params('token')-$input.params('Host')-$input.params('nope')": "t-example.com-",
    "$input.params().header.get('Host') $input.params().querystring.token $input.params().path": "example.com t {}",
    "#set($a = $input.path('$'))#set($a.n = 2)$a.n $input.json('$.n')": "2 1",
    "$a $!a": "$a ",
    "#if($util.parseJson('null') || $input.path('$.null') || $input.path('$')['null'])some#{else}null#end": "null",
  })) {
    const shown = template.replaceAll("\n", "\\n");
    it(`${shown} gives ${expected}`, () => {
      expect(render(template)).to.equal(expected);
    });
  }

  it("passes numbers and the order of members on as they are written", () => {
    const body =
      '{"b":{"2":1.0,"1":1234567890123456789,"a":-0},"list":[1e3,12345678901234567890123,{"n":9007199254740993}]}';
    const spaced = body.replaceAll(/([:,])/g, "$1 ");
    expect(render("$input.json('$')", { body: spaced })).to.equal(body);
    expect(render("$input.json('$.b.1') $input.json('$.list[0]')", { body })).to.equal("1234567890123456789 1e3");
    expect(render("$input.json('$.list[?(@.n > 1)]')", { body })).to.equal('[{"n":9007199254740993}]');
    expect(render("$input.json('$.b.*')", { body })).to.equal("[1.0,1234567890123456789,-0]");
  });

  it("has integers of 64 bit in a value", () => {
    const body = '{"id":1234567890123456789,"m":{"2":-9223372036854775808,"1":2}}';
    for (const [template, expected] of Object.entries({
      "$input.path('$.id') $input.path('$')":
        "1234567890123456789 {id=1234567890123456789, m={2=-9223372036854775808, 1=2}}",
      "#foreach($k in $input.path('$.m').keySet())$k#end": "21",
      "#set($m = $input.path('$.m'))#set($m['0'] = 3)$!m.remove('2')$m": "-9223372036854775808{1=2, 0=3}",
      "$util.parseJson($input.body).id $input.path('$..id')": "1234567890123456789 [1234567890123456789]",
      "#set($a = $input.path('$.id') + 1)$a": "1234567890123456790",
      "#if($input.path('$.id') == 1234567890123456789)same#end": "same",
    })) {
      expect(render(template, { body }), template).to.equal(expected);
    }
  });

  it("passes on what is nested deeper than a call stack", () => {
    const body = `${"[".repeat(60_000)}${"]".repeat(60_000)}`;
    expect(render("$input.json('$')", { body })).to.equal(body);
  });

  it("keeps a member called __proto__, and the last of two of a name at the place of the first", () => {
    const body = '{"__proto__":{"a":1},"b":1,"c":2,"b":3}';
    expect(render("$input.json('$') $input.path('$.__proto__.a')", { body })).to.equal(
      '{"__proto__":{"a":1},"b":3,"c":2} 1',
    );
  });

  it("finds nothing in a message that is no JSON", () => {
    expect(render("[$input.path('$.a')$input.json('$')]", { body: "hello" })).to.equal("[]");
  });

  it("does not render what comes out of a message", () => {
    expect(render("$input.path('$.a')", { body: '{"a":"$context.connectionId"}' })).to.equal("$context.connectionId");
  });

  it("maps all parameters as the template does that AWS's console offers", () => {
    const template = `#set($allParams = $input.params())
{ #foreach($type in $allParams.keySet())
#set($params = $allParams.get($type))
"$type" : { #foreach($name in $params.keySet())
"$name" : "$util.escapeJavaScript($params.get($name))"#if($foreach.hasNext),#end
#end }#if($foreach.hasNext),#end
#end }`;
    const { headers: header, query: querystring } = data;
    expect(JSON.parse(render(template))).to.deep.equal({ path: {}, querystring, header });
  });

  it("goes through a list as AWS's examples do", () => {
    const template = `#set($inputRoot = $input.path('$'))
[#foreach($elem in $inputRoot.photos)
  {"id": "$elem.id", "owner": "$elem.owner"#if($elem.title != ""), "title": "$elem.title"#end}#if($foreach.hasNext),#end
#end]`;
    const body = JSON.stringify({ photos: [{ id: 1, owner: "a", title: "x" }, { id: 2 }] });
    expect(JSON.parse(render(template, { body }))).to.deep.equal([
      { id: "1", owner: "a", title: "x" },
      { id: "2", owner: "" },
    ]);
  });

  it("cannot search a message for ever", () => {
    const body = `${"[".repeat(40)}${"]".repeat(40)}`;
    const path = `$${"..*".repeat(20)}`;
    expect(() => render(`$input.path('${path}').size()`, { body })).to.throw("runs longer than 1000 ms");
  });

  it("fails over what is no JSON, no number and no address", () => {
    for (const template of ["$util.parseJson($input.body)", "$util.urlDecode($input.body)"])
      expect(() => render(template, { body: "%zz" })).to.throw();
  });

  for (const [template, reason] of [
    ["#macro(a)x#end", "#macro is not served"],
    ["$util.toJson($a)", "$util.toJson is not served: there are $util.escapeJavaScript, $util.parseJson"],
    ["$input.headers", "$input.headers is not served: there are $input.body, $input.json"],
    ["$input['body']", "$input[...] is not served"],
    ["$input.body.getClass()", "the method .getClass() of $input is not served"],
    ["$input.json('$.a[')", '"$.a[" is no JSONPath'],
  ] as const) {
    it(`refuses ${template}`, () => {
      expect(() => compileTemplate(template)).to.throw(reason);
    });
  }
});
