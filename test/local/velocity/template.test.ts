import { expect } from "chai";
import { defaultTemplateLimits } from "#local/velocity/meter.ts";
import { compileVelocity } from "#local/velocity/template.ts";

const data = {
  pets: [
    { id: 1, name: "rex" },
    { id: 2, name: "tom" },
  ],
  word: "Hello",
  n: 7,
  nothing: null,
  map: JSON.parse('{"a":1,"b":{"c":"d"}}'),
};
const render = (template: string, variables: object = data): string =>
  compileVelocity(template, () => {})(structuredClone(variables) as Record<string, unknown>);

function gives(cases: Readonly<Record<string, string>>): void {
  for (const [template, expected] of Object.entries(cases)) {
    it(`${template.replaceAll("\n", "\\n")} gives ${expected.replaceAll("\n", "\\n")}`, () => {
      expect(render(template)).to.equal(expected);
    });
  }
}

describe("Velocity template", () => {
  describe("#set", () => {
    gives({
      "#set($a = 'x')$a$a": "xx",
      '#set($a = "$word $n")$a': "Hello 7",
      "#set($a = '$word')$a": "$word",
      '#set($a = "#if($n > 5)big#{else}small#end")$a': "big",
      "#set($a = [1, 'b', $n])$a $a[2] $a[-1]": "[1, b, 7] 7 7",
      "#set($a = {'x': 1, 'y': {'z': $n}})$a $a.y.z $a['x']": "{x=1, y={z=7}} 7 1",
      "#set($a = {})#set($a.b = 1)#set($a['c'] = 2)$a": "{b=1, c=2}",
      "#set($a = [1..3])$a#set($a = [3..$n])$a#set($a = [1..-1])$a": "[1, 2, 3][3, 4, 5, 6, 7][1, 0, -1]",
      "#set($a = 1)#set($a = $none)$a": "1",
      "#set($a = true)$a#set($b = !$a)$b": "truefalse",
      "#set($map.a = 5)$map": "{a=5, b={c=d}}",
      "#set($none.a = 5)$none": "$none",
    });
  });

  describe("arithmetic", () => {
    gives({
      "#set($a = 1 + 2 * 3)$a": "7",
      "#set($a = (1 + 2) * 3)$a": "9",
      "#set($a = 10 - 2 - 3)$a": "5",
      "#set($a = 7 / 2)$a#set($b = -7 / 2)$b": "3-3",
      "#set($a = $n % 4)$a": "3",
      "#set($a = 'a' + 1)$a": "a1",
      "#set($a = 1)#set($a = $n / 0)$a": "1",
      "#set($a = 1.5 * 2.5)$a": "3.75",
      "#set($a = 9007199254740993 - 1)$a#set($b = $a / 2)$b#set($c = $b * -2)$c":
        "90071992547409924503599627370496-9007199254740992",
      "#set($a = 9223372036854775807 % 10)$a#set($a = 9007199254740993 * 0.5)$a": "74503599627370496",
      "#set($a = 9007199254740993 % 0)$a#if(9007199254740993 > 9007199254740992)>#end": "$a>",
      "#set($n = 0)#set($a = $n.parseLong('+9223372036854775807'))$a $a.longValue() $a.compareTo(1)":
        "9223372036854775807 9223372036854775807 1",
    });
  });

  describe("#if", () => {
    gives({
      "#if($n == 7)yes#{else}no#end": "yes",
      "#if($n == '7')yes#end": "yes",
      "#if($n == 1)a#elseif($n > 6)b#{else}c#end": "b",
      "#if($word.equals('Hello') && !($n < 7))yes#end": "yes",
      "#if(true || false && false)yes#end": "yes",
      "#if($n ge 7 and $n ne 8 or $none)yes#end": "yes",
      "#if($none)yes#{else}no#end#if($nothing)yes#{else}no#end": "nono",
      "#if('')yes#end#if(0)yes#end": "yesyes",
      "#if($none == $nothing)yes#end": "yes",
      "#if($word > 1)yes#{else}no#end": "no",
      "#if($n == 7)\n  a\n#end\nb": "  a\nb",
    });
  });

  describe("#foreach", () => {
    gives({
      "#foreach($pet in $pets)$pet.id:$pet.name#if($foreach.hasNext), #end#end": "1:rex, 2:tom",
      "#foreach($x in [5..7])$foreach.index$foreach.count$velocityCount $x;#end": "011 5;122 6;233 7;",
      "#foreach($x in $map)$x;#end": "1;{c=d};",
      "#foreach($e in $map.entrySet())$e.key=$e.value;#end": "a=1;b={c=d};",
      "#foreach($x in [1..9])#if($x == 3)#break#end$x#end!": "12!",
      "#foreach($x in [1..2])#foreach($y in [1..2])$foreach.parent.count$foreach.count #end#end": "11 12 21 22 ",
      "#set($x = 'before')#foreach($x in [1])$x#end$x$foreach": "1before$foreach",
      "#foreach($x in $none)a#end#foreach($x in $word)b#end.": ".",
    });

    it("ends after 1,000 iterations", () => {
      expect(render("#foreach($x in [1..2000])x#end")).to.have.length(1000);
    });
  });

  describe("a reference", () => {
    gives({
      "$none.a.b() and $!none ${none} $!{none.a}!": "$none.a.b() and  ${none} !",
      "($map.nope.nope$map.nope)": "()",
      "${word}s $word.": "Hellos Hello.",
      "$nothing.": ".",
      "\\$word costs 5$ or $5": "$word costs 5$ or $5",
      "#channel #1 a@b.c": "#channel #1 a@b.c",
      "#[[$word #if]]#": "$word #if",
      "a ## comment\nb #* more *# c": "a b  c",
    });
  });

  describe("methods", () => {
    gives({
      "$word.length() $word.toUpperCase() $word.substring(1, 3) $word.indexOf('l') $word.charAt(0)": "5 HELLO el 2 H",
      "$word.replace('l', 'L') $word.replaceAll('(l)', '<$1>') $word.replaceFirst('l', '\\$')": "HeLLo He<l><l>o He$lo",
      "$word.split('l') $word.contains('ell') $word.matches('H.*') $word.isEmpty()": "[He, , o] true true false",
      "$pets.size() $pets.get(0).name $pets.isEmpty() $pets.contains($n)": "2 rex false false",
      "#set($a = [])#if($a.add('x'))$a#end$a.size()": "[x]1",
      "$!map.put('c', 2)$map.keySet() $map.containsKey('c') $map.get('a') $map.remove('a') $map.size()":
        "[a, b, c] true 1 1 2",
      "#set($Integer = 0)#set($a = $Integer.parseInt('41') + 1)$a": "42",
      "$word.nope()": "$word.nope()",
    });
  });

  describe("is refused at once with", () => {
    for (const [template, reason] of [
      ["#if($a)x", "a block without its #end"],
      ["x#end", "an #end too many"],
      ["#if($a)x#end#end", "an #end too many"],
      ["x#else", "#else in no block"],
      ["#break", "#break is in no #foreach"],
      ["#set($a = )", "is no Velocity: Parse error on line 1: #set($a = )"],
      ["#macro(a)x#end", "#macro is not served"],
      ["#include('x')", "#include is not served"],
      ["#stop", "#stop is not served"],
      ["#define($a)x#end", "#define is not served"],
      ["#{if}($a)x", "#{if} is not served"],
      ["#{if}(true)a#{end}", "#{if} is not served"],
      ["#if(true)#{foreach}($x in [1])a#end#end b", "#{foreach} is not served"],
      ["a #* b", "comment #* without its end *#"],
    ] as const) {
      it(`"${reason}": ${template}`, () => {
        expect(() => compileVelocity(template, () => {})).to.throw(reason);
      });
    }
  });

  describe("has no way out:", () => {
    for (const template of [
      "$word.constructor",
      "$word.constructor('x')",
      "$pets.constructor.constructor('return process').call()",
      "$map.__proto__ $map['__proto__'] $map.get('constructor')",
      "#set($a = {})$a.constructor $a.__proto__ $a.toString",
      "$pets['constructor'] $pets.map $pets.length",
      "$word.valueOf() $n.toFixed(2) $pets.push(1)",
    ]) {
      it(`${template} is nothing of JavaScript's`, () => {
        const text = render(template, { ...data }).replaceAll(/\$[\w.[\]'()]+/g, "");
        expect(text).not.to.match(/function|native|object|Object|7\.00/);
      });
    }

    it("a member called __proto__ is a member like any other", () => {
      const target: Record<string, unknown> = {};
      const template = "#set($a = {})#set($a.__proto__ = {'polluted': 1})$!target.put('__proto__', 2)$a$target";
      expect(compileVelocity(template, () => {})({ target })).to.equal("{__proto__={polluted=1}}{__proto__=2}");
      expect(Object.getPrototypeOf(target)).to.equal(Object.prototype);
      expect("polluted" in {}).to.equal(false);
    });
  });

  describe("cannot", () => {
    const limited = (template: string, variables: Record<string, unknown> = {}): (() => string) => {
      const limits = { ...defaultTemplateLimits, timeMs: 50, made: 100_000 };
      const rendered = compileVelocity(template, () => {}, limits);
      return () => rendered(variables);
    };
    const loops = (depth: number): string =>
      depth === 0 ? "#if(1 == 2)#end" : `#foreach($x${depth} in [1..999])${loops(depth - 1)}#end`;

    it("run for ever in loops", () => {
      const list = Array.from({ length: 1000 }, (_, at) => at);
      const nested = `${"#foreach($a in $list)".repeat(5)}#if($a == 1)#end${"#end".repeat(5)}`;
      expect(limited(nested, { list })).to.throw("runs longer than 50 ms");
      expect(limited(loops(4))).to.throw(/runs longer than 50 ms|makes more than/);
    });

    it("run for ever in a regular expression", () => {
      expect(limited("$text.matches('(a+)+')", { text: `${"a".repeat(40)}b` })).to.throw("runs longer than 50 ms");
    });

    for (const [what, template] of [
      ["a text that doubles", "#set($a = 'ab')#foreach($x in [1..40])#set($a = \"$a$a\")#end"],
      ["a range", "#set($a = [1..1000000000])"],
      ["lists in lists", "#set($a = [1])#foreach($x in [1..40])#set($a = [$a, $a])#end$a"],
      ["a list in itself", "#set($a = [1])$a.add($a)$a"],
      [
        "texts that replace",
        "#set($a = 'aaaaaaaaaaaaaaaaaaaa')#foreach($x in [1..9])#set($a = $a.replaceAll('a', $a))#end",
      ],
    ] as const) {
      it(`fill the memory with ${what}`, () => {
        expect(limited(template)).to.throw("makes more than 100000 characters and elements");
      });
    }

    for (const use of ["$m.get($a)", "$m.put($a, 1)", "$m[$a]", "$s.split($a)", "$s.charAt($a)", "$n.parseInt($a)"]) {
      it(`be kept busy by what holds itself many times, as in ${use}`, () => {
        const template = `#set($a = [1])#set($m = {})#foreach($x in [1..40])#set($a = [$a, $a])#end${use}`;
        expect(limited(template, { s: "text", n: 1 })).to.throw(/no list or map|is no number/);
      });
    }

    it("see what another rendering set", () => {
      const template = compileVelocity("$!a#set($a = 1)", () => {});
      expect([template({}), template({})]).to.deep.equal(["", ""]);
    });
  });
});
