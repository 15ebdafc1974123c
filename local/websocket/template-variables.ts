// What mapping templates can use: $input, $context, $stageVariables and $util (aws facts §3.4).
import { textOf } from "#local/java-text.ts";
import type { Meter } from "#local/velocity/meter.ts";
import { methodNames } from "#local/velocity/methods.ts";
import type { Reference } from "#local/velocity/syntax.ts";
import { type Method, Tool, type Value } from "#local/velocity/values.ts";
import { asJavaNumber, asWritten, jsonOf, parseJson, type ReadNumber } from "./exact-json.ts";
import { compileJsonPath } from "./json-path-query.ts";

export interface TemplateData {
  /** The message, as text. */
  readonly body: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  /** Of a handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

const onText =
  (change: (text: string) => Value): Method =>
  (_target, [value], { made }) => {
    const text = textOf(value, made);
    made(text.length);
    return change(text);
  };

const utilities = {
  escapeJavaScript: onText((text) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'").replaceAll("/", "\\/")),
  parseJson: onText((text) => parseJson(text, asJavaNumber)),
  base64Encode: onText((text) => Buffer.from(text).toString("base64")),
  base64Decode: onText((text) => Buffer.from(text, "base64").toString()),
  urlEncode: onText((text) => new URLSearchParams([["", text]]).toString().slice(1)),
  urlDecode: onText((text) => decodeURIComponent(text.replaceAll("+", " "))),
};
const util = new Tool(utilities);

const served: Readonly<Record<string, readonly string[]>> = {
  input: ["body", "json", "path", "params"],
  util: Object.keys(utilities),
};

/** Throws a sentence for what neither API Gateway's variables nor Java's values have here. */
export function checkReference({ id, path = [] }: Reference): void {
  const members = Object.hasOwn(served, id) ? served[id] : undefined;
  const [first] = path;
  if (members && first && (first.type === "index" || !members.includes(first.id))) {
    const name = first.type === "index" ? "[...]" : `.${first.id}`;
    throw new Error(`$${id}${name} is not served: there are ${members.map((one) => `$${id}.${one}`).join(", ")}`);
  }
  for (const step of members ? path.slice(1) : path) {
    if (step.type === "method" && !methodNames.has(step.id))
      throw new Error(`the method .${step.id}() of $${id} is not served`);
  }
  if (id !== "input" || first?.type !== "method" || first.id === "params") return;
  const [argument] = first.args || [];
  // In double quotes there may be variables, and then the path is known only with them.
  if (argument?.type === "string" && !(argument.isEval && /[$#]/.test(argument.value.slice(1))))
    compileJsonPath(argument.value);
}

export function templateVariables(data: TemplateData): Readonly<Record<string, Value>> {
  return { input: inputOf(data), util, context: data.context, stageVariables: data.stageVariables };
}

function inputOf({ body, headers = {}, query = {} }: TemplateData): Tool {
  // What path() gives, a template may change; json() shows the message as it came.
  const came = parsedOnce(body, asWritten);
  const given = parsedOnce(body, asJavaNumber);
  const searched = parsedOnce(body, Number);
  const find = (path: Value, exact: () => unknown, meter: Meter): unknown => {
    const { query, isSimple } = compileJsonPath(textOf(path, meter.made));
    return isSimple ? query(undefined, exact()) : meter.withinTime(() => query(searched(), exact()));
  };
  return new Tool(
    {
      json: (_target, [path], meter) => {
        const text = jsonOf(find(path, came, meter));
        meter.made(text.length);
        return text;
      },
      path: (_target, [path], meter) => {
        const value = find(path, given, meter);
        return value === undefined ? "" : value;
      },
      params: (_target, [name], { made }) => {
        if (name === undefined) return { path: {}, querystring: { ...query }, header: { ...headers } };
        const key = textOf(name, made);
        return [query, headers].find((values) => Object.hasOwn(values, key))?.[key] ?? "";
      },
    },
    { body },
  );
}

/** What is no JSON has no values. */
function parsedOnce(body: string, readNumber: ReadNumber): () => unknown {
  let parsed: { readonly value: unknown } | undefined;
  return () => {
    parsed ??= { value: parse(body, readNumber) };
    return parsed.value;
  };
}

function parse(body: string, readNumber: ReadNumber): unknown {
  try {
    return parseJson(body, readNumber);
  } catch {
    return undefined;
  }
}
