// Mapping templates, as far as they put values into a text (aws facts §3.4): references to $input, $context, $stageVariables
// and $util. Velocity's directives (#set, #if, #foreach) are not served, and refused by name at start.
import { type JsonPath, parseJsonPath, textOf, valueAt } from "./json-path.ts";

/** What a template is rendered with. */
export interface TemplateData {
  /** The message, as text. */
  readonly body: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

export type MappingTemplate = (data: TemplateData) => string;
type Read = (data: TemplateData) => unknown;

/** Comments, directives, references. */
const special =
  /##[^\n]*\n?|#\*[\s\S]*?\*#|#\{?([a-z]+)\b|\$!?\{([^}]*)\}|\$!?([a-zA-Z]+(?:\.[a-zA-Z_][\w-]*(?:\((?:[^()]|\([^()]*\))*\))?|\[\d+\])*)/g;
const directives = new Set([
  "set",
  "if",
  "elseif",
  "else",
  "end",
  "foreach",
  "macro",
  "include",
  "parse",
  "stop",
  "break",
  "define",
]);

const utilities: Readonly<Record<string, (text: string) => string>> = {
  escapeJavaScript: (text) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/"),
  base64Encode: (text) => Buffer.from(text).toString("base64"),
  base64Decode: (text) => Buffer.from(text, "base64").toString(),
  urlEncode: (text) => encodeURIComponent(text).replaceAll("%20", "+"),
  urlDecode: (text) => decodeURIComponent(text.replaceAll("+", " ")),
};

/** Throws a sentence for what is not served. */
export function compileTemplate(template: string): MappingTemplate {
  const parts: (string | Read)[] = [];
  let at = 0;
  for (const match of template.matchAll(special)) {
    const [all, directive, delimited, bare] = match;
    parts.push(template.slice(at, match.index));
    at = match.index + all.length;
    if (directive !== undefined) {
      if (directives.has(directive)) throw new Error(`the directive #${directive} is not served: only references are`);
      parts.push(all);
    } else if (delimited !== undefined || bare !== undefined) parts.push(reference(delimited ?? bare ?? ""));
  }
  parts.push(template.slice(at));
  return (data) => parts.map((part) => (typeof part === "string" ? part : textOf(part(data)))).join("");
}

/** `input.path('$.a').b`, `context.connectionId`, `util.escapeJavaScript($input.body)` */
function reference(text: string): Read {
  const [, root = "", rest = ""] = text.match(/^([a-zA-Z]+)(?:\.([\s\S]*))?$/) ?? [];
  switch (root) {
    case "context":
      return property((data) => data.context, rest);
    case "stageVariables":
      return property((data) => data.stageVariables, rest);
    case "input":
      return input(rest);
    case "util":
      return utility(rest);
  }
  throw new Error(`the reference $${text} is not served: there are $input, $context, $stageVariables and $util`);
}

function input(call: string): Read {
  if (call === "body") return ({ body }) => body;
  const [, method, argument = "", rest = ""] = call.match(/^(json|path)\(\s*['"]\$(.*?)['"]\s*\)(.*)$/s) ?? [];
  if (method === undefined) {
    throw new Error(`$input.${call} is not served: there are $input.body, $input.json('$...') and $input.path('$...')`);
  }
  const path = parseJsonPath(argument + rest);
  if (method === "path") return ({ body }) => valueAt(parsed(body), path);
  return ({ body }) => JSON.stringify(valueAt(parsed(body), path)) ?? "";
}

function utility(call: string): Read {
  const [, name = "", argument = ""] = call.match(/^([a-zA-Z0-9]+)\(([\s\S]*)\)$/) ?? [];
  const apply = Object.hasOwn(utilities, name) ? utilities[name] : undefined;
  if (!apply) {
    const known = Object.keys(utilities).map((one) => `$util.${one}`);
    throw new Error(`$util.${call} is not served: there are ${known.join(", ")}`);
  }
  const read = argumentOf(argument.trim());
  return (data) => apply(textOf(read(data)));
}

function argumentOf(text: string): Read {
  const [, literal] = text.match(/^['"]([\s\S]*)['"]$/) ?? [];
  if (literal !== undefined) return () => literal;
  const [, inner] = text.match(/^\$!?\{?([\s\S]*?)\}?$/) ?? [];
  if (inner === undefined) throw new Error(`the argument ${text} is not served: it is a text or a reference`);
  return reference(inner);
}

function property(from: Read, name: string): Read {
  const path: JsonPath = parseJsonPath(`.${name}`);
  return (data) => valueAt(from(data), path);
}

/** What is no JSON has no values. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
