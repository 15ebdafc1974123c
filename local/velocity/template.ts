// A template of the Velocity Template Language, version 1.7: compiled once, rendered with the variables of each request. It
// reaches nothing but those, and can neither run for ever nor fill the memory.
import { textOf } from "#local/java-text.ts";
import {
  compileAssignment,
  compileExpression,
  compileReference,
  type Evaluate,
  type Frame,
  type Language,
} from "./expression.ts";
import { defaultTemplateLimits, Meter } from "./meter.ts";
import { type Node, parseTemplate, type Reference, sourceOf } from "./syntax.ts";
import { isMap, isTrue, newMap, type Value } from "./values.ts";

export type Template = (variables: Readonly<Record<string, Value>>) => string;

/** Throws a sentence for what is no template, and for what `check` refuses. */
export function compileVelocity(source: string, check: Language["check"], limits = defaultTemplateLimits): Template {
  const write = compileText(source, check);
  return (variables) => {
    const meter = new Meter(limits);
    return textOf(write({ variables: new Map(Object.entries(variables)), meter }), meter.made);
  };
}

/** Writes; true: a #break ends what it is in. */
type Run = (frame: Frame, out: string[]) => boolean;

function compileText(source: string, check: Language["check"]): Evaluate {
  const language: Language = { check, text: (inner) => compileText(inner, check) };
  const run = compileNodes(parseTemplate(source), { language, inLoop: false });
  return (frame) => {
    const out: string[] = [];
    run(frame, out);
    return out.join("");
  };
}

interface Place {
  readonly language: Language;
  readonly inLoop: boolean;
}

function compileNodes(nodes: readonly Node[], place: Place): Run {
  const runs = nodes.map((node) => compileNode(node, place));
  return (frame, out) => runs.some((run) => run(frame, out));
}

function compileNode(node: Node, place: Place): Run {
  if (typeof node === "string") return writing(() => node);
  if (isBlock(node)) return compileBlock(node, place);
  switch (node.type) {
    case "references":
      return writing(written(node, place.language));
    case "raw":
      return writing(() => node.value);
    case "comment":
      return () => false;
    case "set": {
      const assign = compileAssignment(...node.equal, place.language);
      return (frame) => {
        assign(frame);
        return false;
      };
    }
    case "break":
      if (!place.inLoop) throw new Error("#break is in no #foreach");
      return () => true;
    case "if":
    case "elseif":
    case "else":
    case "foreach":
      throw new Error(`has an #${node.type} in no block`);
    case "macro":
    case "macro_call":
    case "macro_body":
    case "define":
    case "noescape":
      throw new Error(`#${node.type === "macro_call" ? node.id : node.type.replace("_body", "")} is not served`);
  }
}

function isBlock(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function writing(text: (frame: Frame) => string): Run {
  return (frame, out) => {
    const written = text(frame);
    frame.meter.made(written.length);
    out.push(written);
    return false;
  };
}

/** A reference without a value is written as it is, unless it is quiet. */
function written(reference: Reference, language: Language): (frame: Frame) => string {
  const evaluate = compileReference(reference, language);
  const source = reference.leader === "$!" ? "" : sourceOf(reference);
  return (frame) => {
    const value = evaluate(frame);
    return value === undefined ? source : textOf(value, frame.meter.made);
  };
}

function compileBlock(block: readonly Node[], place: Place): Run {
  const [head, ...body] = block;
  if (typeof head === "object" && "type" in head) {
    if (head.type === "if") return compileIf(block, place);
    if (head.type === "foreach") return compileForeach(head.to, head.from, body, place);
    return compileNode(head, place);
  }
  throw new Error("has an #end too many");
}

function compileIf(block: readonly Node[], place: Place): Run {
  const branches: { readonly condition: Evaluate; readonly nodes: Node[] }[] = [];
  for (const node of block) {
    const type = typeof node === "object" && "type" in node ? node.type : undefined;
    if (type === "else") branches.push({ condition: () => true, nodes: [] });
    else if (typeof node === "object" && "condition" in node)
      branches.push({ condition: compileExpression(node.condition, place.language), nodes: [] });
    else branches.at(-1)?.nodes.push(node);
  }
  const compiled = branches.map(({ condition, nodes }) => ({ condition, run: compileNodes(nodes, place) }));
  return (frame, out) => compiled.find(({ condition }) => isTrue(condition(frame)))?.run(frame, out) ?? false;
}

function compileForeach(
  name: string,
  from: Parameters<typeof compileExpression>[0],
  body: readonly Node[],
  place: Place,
): Run {
  const over = compileExpression(from, place.language);
  const run = compileNodes(body, { ...place, inLoop: true });
  return (frame, out) => {
    const elements = elementsOf(over(frame)).slice(0, frame.meter.limits.iterations);
    const before = loopVariables(name).map((variable) => [variable, frame.variables.get(variable)] as const);
    const parent = frame.variables.get("foreach");
    elements.some((element, index) => {
      frame.meter.checkTime();
      const loop = { index, count: index + 1, hasNext: index + 1 < elements.length };
      frame.variables.set(name, element).set("velocityCount", loop.count).set("velocityHasNext", loop.hasNext);
      const ends = { first: index === 0, last: !loop.hasNext, parent };
      frame.variables.set("foreach", newMap(Object.entries({ ...loop, ...ends })));
      return run(frame, out);
    });
    for (const [variable, value] of before) frame.variables.set(variable, value);
    return false;
  };
}

/** They are after the loop what they were before it. */
function loopVariables(name: string): readonly string[] {
  return [name, "foreach", "velocityCount", "velocityHasNext"];
}

function elementsOf(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}
