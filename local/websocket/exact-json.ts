// JSON as Java reads and writes it: numbers keep their digits, and an object's members their order. JavaScript rounds the ones, and of the
// others puts names like "10" first.
import { integerOf, type JavaNumber } from "#local/velocity/numbers.ts";

/** A number that is only passed on. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type ReadNumber = (text: string) => unknown;
export const asWritten: ReadNumber = (text) => new WrittenNumber(text);
export const asJavaNumber = (text: string): JavaNumber => (/^-?\d+$/.test(text) ? integerOf(text) : Number(text));

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|-?\d[\d.eE+-]*|true|false|null/g;
/** A name that JavaScript takes for an index. */
const index = /^\d+$/;

interface Open {
  readonly list?: unknown[];
  readonly members?: Map<string, unknown>;
  /** Of the member whose value comes next. */
  name?: string | undefined;
}

/** Throws for what is no JSON. Not recursive: a message can be nested deeper than the call stack is. */
export function parseJson(text: string, readNumber: ReadNumber): unknown {
  // Whatever follows is known to be right, and has only to be taken apart.
  JSON.parse(text);
  const root: unknown[] = [];
  const open: Open[] = [{ list: root }];
  for (const [token] of text.matchAll(tokens)) {
    const container = open.at(-1);
    if (token === "[") open.push({ list: [] });
    else if (token === "{") open.push({ members: new Map() });
    else if (token === "]" || token === "}") {
      open.pop();
      place(open.at(-1), container?.list ?? objectOf(container?.members ?? new Map()));
    } else if (container?.members && container.name === undefined) container.name = JSON.parse(token);
    else place(container, /^[-\d]/.test(token) ? readNumber(token) : JSON.parse(token));
  }
  return root[0];
}

function place(container: Open | undefined, value: unknown): void {
  if (!container?.members) {
    container?.list?.push(value);
    return;
  }
  container.members.set(container.name ?? "", value);
  container.name = undefined;
}

function objectOf(members: ReadonlyMap<string, unknown>): object {
  const object = {};
  for (const [name, value] of members)
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  return [...members.keys()].some((name) => index.test(name)) ? inOrder(object, members.keys()) : object;
}

/** The object with its members in this order, and later ones behind. */
function inOrder(object: object, names: Iterable<string>): object {
  const order = new Set<string | symbol>(names);
  return new Proxy(object, {
    ownKeys: () => [...order],
    defineProperty(target, name, descriptor) {
      order.add(name);
      return Reflect.defineProperty(target, name, descriptor);
    },
    deleteProperty(target, name) {
      order.delete(name);
      return Reflect.deleteProperty(target, name);
    },
  });
}

/** Text that is done, or a value that is still to be written. */
type Piece = { readonly text: string } | { readonly value: unknown };

/** Of what `parseJson` made with numbers as they are written; nothing for nothing. */
export function jsonOf(value: unknown): string {
  if (value === undefined) return "";
  const done: string[] = [];
  const waiting: Piece[] = [{ value }];
  for (let piece = waiting.pop(); piece; piece = waiting.pop()) {
    if ("text" in piece) done.push(piece.text);
    else if (piece.value instanceof WrittenNumber) done.push(piece.value.text);
    else if (typeof piece.value !== "object" || piece.value === null) done.push(JSON.stringify(piece.value));
    else for (const part of piecesOf(piece.value).reverse()) waiting.push(part);
  }
  return done.join("");
}

function piecesOf(value: object): Piece[] {
  const isList = Array.isArray(value);
  const pieces: Piece[] = [{ text: isList ? "[" : "{" }];
  for (const [name, one] of Object.entries(value)) {
    const separator = pieces.length > 1 ? "," : "";
    pieces.push({ text: isList ? separator : `${separator}${JSON.stringify(name)}:` }, { value: one });
  }
  pieces.push({ text: isList ? "]" : "}" });
  return pieces;
}
