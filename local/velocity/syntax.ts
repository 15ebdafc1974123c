// What a Velocity template consists of. The grammar is that of the package velocityjs, loaded with the first template that
// needs it; what the package takes for right and Velocity would not is refused here.
import { createRequire } from "node:module";

export type Literal =
  | { readonly type: "string"; readonly value: string; readonly isEval?: boolean }
  | { readonly type: "integer" | "decimal"; readonly value: string | number }
  | { readonly type: "bool"; readonly value: "true" | "false" | "null" }
  | { readonly type: "array"; readonly value: readonly Operand[]; readonly isRange?: false }
  | { readonly type: "array"; readonly value: readonly RangeEnd[]; readonly isRange: true }
  | { readonly type: "map"; readonly value?: Readonly<Record<string, Operand>> };

export type RangeEnd = string | number | Reference;
export type Operand = Literal | Reference;

export type Step =
  | { readonly type: "property"; readonly id: string }
  | { readonly type: "method"; readonly id: string; readonly args: readonly Operand[] | false }
  | { readonly type: "index"; readonly id: Operand };

export interface Reference {
  readonly type: "references";
  readonly id: string;
  /** `$!` is quiet: nothing is written where there is no value. */
  readonly leader: "$" | "$!";
  readonly path?: readonly Step[];
  readonly args?: unknown;
}

export interface Calculation {
  readonly type: "math";
  readonly operator: string;
  readonly expression: readonly [Expression, ...Expression[]];
}

export type Expression = Operand | Calculation;

export type Node =
  | string
  | Reference
  | { readonly type: "set"; readonly equal: readonly [Reference, Expression] }
  | { readonly type: "if" | "elseif"; readonly condition: Expression }
  | { readonly type: "foreach"; readonly to: string; readonly from: Operand }
  | { readonly type: "raw"; readonly value: string }
  | { readonly type: "comment" | "break" | "else" }
  /** `#macro` and all else that is not served. */
  | { readonly type: "macro" | "macro_call" | "macro_body" | "define" | "noescape"; readonly id?: string }
  /** A directive with what is inside, to its `#end`. */
  | readonly Node[];

/** Of the package, whose own types say less. */
interface VelocityParser {
  parse(source: string): readonly Node[];
  readonly Helper: { getRefText(reference: Reference): string };
}

/** After the template: the package takes an `#end` too many for the end of all, and a block without one for closed. */
const end = "\uffff";
/** Text that would have been a directive in Velocity. */
const unreadDirective = /#(\{(?:set|if|elseif|foreach|break)\}|stop\b|\*)/;

/** Throws a sentence for what is no template. */
export function parseTemplate(source: string): readonly Node[] {
  const nodes = joined(read(`${source}\n${end}`));
  const last = nodes.at(-1);
  if (typeof last !== "string" || !last.endsWith(end)) {
    // The #end may be that of a directive that was taken for text.
    checkTexts(nodes);
    throw new Error("has an #end too many");
  }
  const rest = nodes.slice(0, -1);
  checkTexts(rest);
  const text = last.slice(0, -end.length).replace(/\n$/, "");
  checkText(text);
  return text === "" ? rest : [...rest, text];
}

function read(source: string): readonly Node[] {
  try {
    return parser().parse(source);
  } catch (error) {
    const [what = "", where = "", place = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`is no Velocity: ${what} ${where.slice(0, place.length)}`.replace(end, "").trim());
  }
}

/** The package cuts text where a directive could have begun. */
function joined(nodes: readonly Node[]): Node[] {
  const all: Node[] = [];
  for (const node of nodes) {
    const before = all.at(-1);
    if (typeof node === "string" && typeof before === "string") all[all.length - 1] = before + node;
    else all.push(Array.isArray(node) ? joined(node) : node);
  }
  return all;
}

function checkTexts(nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (typeof node === "string") checkText(node);
    else if (Array.isArray(node)) checkTexts(node);
  }
}

function checkText(text: string): void {
  if (text.includes(end)) throw new Error("has a block without its #end");
  const [, directive] = unreadDirective.exec(text) ?? [];
  if (directive === "*") throw new Error("has a comment #* without its end *#");
  if (directive !== undefined) throw new Error(`#${directive} is not served`);
}

/** As it is written where it has no value. */
export function sourceOf(reference: Reference): string {
  return parser().Helper.getRefText(reference);
}

function parser(): VelocityParser {
  return createRequire(import.meta.url)("velocityjs");
}
