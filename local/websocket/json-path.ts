// The part of JSONPath that names one value: names and indexes, `.a.b[0]['c d']`.

export type JsonPath = readonly (string | number)[];

const pathStep = /\.(?!\*)([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y;

/** From `at` on; throws a sentence about what follows the names and indexes. */
export function parseJsonPath(text: string, at = 0): JsonPath {
  const path: (string | number)[] = [];
  pathStep.lastIndex = at;
  while (pathStep.lastIndex < text.length) {
    const from = pathStep.lastIndex;
    const step = pathStep.exec(text);
    if (!step) throw new Error(`"${text.slice(from)}" is not served: a path has names and indexes, like .a.b[0]`);
    const [, name, index, quoted, doubleQuoted] = step;
    path.push(index === undefined ? (name ?? quoted ?? doubleQuoted ?? "") : Number(index));
  }
  return path;
}

export function valueAt(body: unknown, path: JsonPath): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
