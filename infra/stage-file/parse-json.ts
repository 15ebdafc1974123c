// Strict JSON with places: no comments, no trailing commas, no key twice (JSON.parse would silently keep the last one).
import { createScanner, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { displayPath } from "./display-path.ts";
import type { Located, LocatedObject, Member } from "./located.ts";
import { type Place, pointerTo, type StageProblem } from "./problem.ts";

export interface ParsedFile {
  /** undefined when the text is not an object. */
  readonly root: LocatedObject | undefined;
  readonly problems: readonly StageProblem[];
}

/** What would be right for each of the parser's complaints. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a JSON value: "text", a number, true, false or null',
  InvalidNumberFormat: "a number as JSON writes it, such as 500 or 0.5",
  PropertyNameExpected: "a key in double quotes, and no comma after the last member",
  ValueExpected: "a value, and no comma after the last one",
  ColonExpected: "a colon between key and value",
  CommaExpected: "a comma between two members",
  CloseBraceExpected: "a closing brace }",
  CloseBracketExpected: "a closing bracket ]",
  EndOfFileExpected: "nothing after the closing brace",
  InvalidCommentToken: "no comment: stage files are strict JSON",
  UnexpectedEndOfComment: "no comment: stage files are strict JSON",
  UnexpectedEndOfString: 'a closing quote "',
};

/** Far deeper than any stage, and far from where the parser, which calls itself for each level, runs out of stack. */
const DEEPEST = 50;
const NOT_SO_DEEP = `objects and arrays in each other no deeper than ${DEEPEST} levels`;

export function parseJson(file: string, text: string): ParsedFile {
  const source = new Source(file, text);
  const tooDeep = deeperThan(DEEPEST, text);
  if (tooDeep !== undefined) {
    const found = `the start of level ${DEEPEST + 1}`;
    return { root: undefined, problems: [{ ...source.place(tooDeep), pointer: "", found, expected: NOT_SO_DEEP }] };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  if (errors.length > 0) return { root: undefined, problems: syntaxProblems(source, errors) };
  if (tree?.type !== "object") {
    const problem = { ...source.place(0), pointer: "", found: source.excerpt(0), expected: "an object { … }" };
    return { root: undefined, problems: [problem] };
  }
  const problems: StageProblem[] = [];
  return { root: locateObject(source, tree, [], problems), problems };
}

/** Where it is, if anywhere; the scanner knows of no levels, and so has no trouble with them. */
function deeperThan(limit: number, text: string): number | undefined {
  const scanner = createScanner(text, true);
  for (let depth = 0; ; ) {
    scanner.scan();
    const at = scanner.getTokenOffset();
    const begin = text[at];
    if (begin === undefined) return undefined;
    if (begin === "{" || begin === "[") depth++;
    if (begin === "}" || begin === "]") depth--;
    if (depth > limit) return at;
  }
}

/** One mistake makes the parser stumble several times on a line: the first time is the one that helps. */
function syntaxProblems(source: Source, errors: readonly ParseError[]): StageProblem[] {
  const byLine = new Map<number, StageProblem>();
  for (const { error, offset } of errors) {
    const place = source.place(offset);
    const expected = SYNTAX[printParseErrorCode(error)] ?? `valid JSON (${printParseErrorCode(error)})`;
    if (!byLine.has(place.line))
      byLine.set(place.line, { ...place, pointer: "", found: source.excerpt(offset), expected });
  }
  return [...byLine.values()];
}

function locate(source: Source, node: Node, at: readonly string[], problems: StageProblem[]): Located {
  if (node.type === "object") return locateObject(source, node, at, problems);
  return { kind: "value", place: source.place(node.offset), value: JSON.parse(source.slice(node)) };
}

function locateObject(source: Source, node: Node, at: readonly string[], problems: StageProblem[]): LocatedObject {
  const members = new Map<string, Member>();
  for (const property of node.children ?? []) {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined || valueNode === undefined) continue;
    const key = String(keyNode.value);
    const keyPlace = source.place(keyNode.offset);
    const first = members.get(key);
    if (key === "__proto__") {
      const expected = "another key: JavaScript would lose this one";
      problems.push({ ...keyPlace, pointer: pointerTo([...at, key]), found: `the key "${key}"`, expected });
    } else if (first === undefined) {
      members.set(key, { keyPlace, value: locate(source, valueNode, [...at, key], problems) });
    } else {
      const expected = `each key once; the first is on line ${first.keyPlace.line}`;
      problems.push({ ...keyPlace, pointer: pointerTo([...at, key]), found: `"${key}" a second time`, expected });
    }
  }
  return { kind: "object", place: source.place(node.offset), members };
}

class Source {
  readonly #file: string;
  readonly #text: string;
  readonly #lineStarts: number[] = [0];

  constructor(file: string, text: string) {
    this.#file = displayPath(file);
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
  }

  place(offset: number): Place {
    const line = this.#lineStarts.findLastIndex((start) => start <= offset);
    return { file: this.#file, line: line + 1, column: offset - (this.#lineStarts[line] ?? 0) + 1 };
  }

  slice(node: Node): string {
    return this.#text.slice(node.offset, node.offset + node.length);
  }

  excerpt(offset: number): string {
    const rest = /^\s*(\S{1,20})/.exec(this.#text.slice(offset))?.[1];
    return rest ?? "the end of the file";
  }
}
