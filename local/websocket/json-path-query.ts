// JSONPath in mapping templates: a path of names and indexes names one value, any other lists all it finds. The package that
// knows the others is loaded with the first of them.
import { createRequire } from "node:module";
import { type JsonPath, parseJsonPath, valueAt } from "./json-path.ts";

export interface JsonPathQuery {
  /** What is found in `body`, as it is in `exact`: the same JSON with numbers that a filter could not compare. */
  readonly query: (body: unknown, exact: unknown) => unknown;
  /** Takes no longer than the path is long; another may go through the body again and again. */
  readonly isSimple: boolean;
}

/** Throws a sentence for what is no JSONPath. A path may leave its `$.` out, as in AWS's own. */
export function compileJsonPath(path: string): JsonPathQuery {
  const whole = path.startsWith("$") ? path : `$.${path}`;
  try {
    const steps = parseJsonPath(whole, 1);
    return { query: (_body, exact) => valueAt(exact, steps), isSimple: true };
  } catch {
    return { query: compileQuery(whole), isSimple: false };
  }
}

/** Of the package, what is used. */
interface JsonPathPackage {
  compile(path: string): {
    singularQuery(): boolean;
    query(body: unknown): { locations(): JsonPath[] };
  };
}

function compileQuery(path: string): JsonPathQuery["query"] {
  const { compile }: JsonPathPackage = createRequire(import.meta.url)("json-p3");
  try {
    const query = compile(path);
    const single = query.singularQuery();
    return (body, exact) => {
      const locations = query.query(body).locations();
      const values = locations.map((location) => valueAt(exact, location));
      return single ? values[0] : values;
    };
  } catch (error) {
    throw new Error(`"${path}" is no JSONPath: ${error instanceof Error ? error.message : String(error)}`);
  }
}
