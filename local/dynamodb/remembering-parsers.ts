// dynalite's expression parsers try the alternatives of a parenthesis one after the other, and each time parse anew what is inside: ten
// nested ones take half a minute. PEG.js can generate parsers that remember what they found at a place (its option `cache`); dynalite's are
// without it, and come without their grammar. So the option's effect is added to the generated code.
// To be deleted when dynalite is generated with `cache`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";

export interface ExpressionParser {
  parse(text: string, options: object): unknown;
}

const load = createRequire(import.meta.url);
let replaced = false;

/** For the whole process; dynalite asks for `parse` at each use. */
export function useRememberingParsers(): void {
  if (replaced) return;
  replaced = true;
  for (const name of ["conditionParser", "updateParser"]) {
    const file = load.resolve(`dynalite/db/${name}.js`);
    Object.assign(load(file), { parse: rememberingParser(file).parse });
  }
}

/** The rules that hold others; what is left are characters, for which remembering costs more than it saves. */
const rule = /^ {2}function peg\$parse(\w*(?:Expression|Operand|Function|Parens|Value))\(\) \{$/gm;
const parseFunction = "function peg$parse(input, options) {\n";

const remember = `
  const found = new Map();
  function peg$remember(name, parse) {
    const place = name + peg$currPos;
    const known = found.get(place);
    if (known !== undefined) {
      peg$currPos = known.end;
      return known.result;
    }
    const result = parse();
    found.set(place, { result, end: peg$currPos });
    return result;
  }
`;

export function rememberingParser(file: string): ExpressionParser {
  const source = readFileSync(file, "utf8");
  const rules = source.match(rule)?.length ?? 0;
  if (rules < 5 || !source.includes(parseFunction)) {
    throw new Error(`${file} is not the parser this file is written for: dynalite has another version.`);
  }
  const rewritten = source
    .replace(parseFunction, () => parseFunction + remember)
    .replace(
      rule,
      (_, name) =>
        `  function peg$parse${name}() { return peg$remember("${name}", peg$parse${name}Anew); }\n  function peg$parse${name}Anew() {`,
    );
  const module: { exports: unknown } = { exports: undefined };
  compileFunction(rewritten, ["module"], { filename: file })(module);
  return module.exports as ExpressionParser;
}
