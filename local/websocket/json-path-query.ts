// JSONPath in mapping templates: a path of names and indexes names one value, any other lists all it finds. The package that
// knows the others is loaded with the first of them.
import { createRequire } from "node:module";
import { parseJsonPath, valueAt } from "./json-path.ts";

export interface JsonPathQuery {
  readonly query: (body: unknown) => unknown;
  /** Takes no longer than the path is long; another may go through the body again and again. */
  readonly isSimple: boolean;
}

/** Throws a sentence for what is no JSONPath. A path may leave its `$.` out, as in AWS's own. */
export function compileJsonPath(path: string): JsonPathQuery {
  const whole = path.startsWith("$") ? path : `$.${path}`;
  try {
    const steps = parseJsonPath(whole, 1);
    return { query: (body) => valueAt(body, steps), isSimple: true };
  } catch {
    return { query: compileQuery(whole), isSimple: false };
  }
}

/** Of the package, what is used. */
interface JsonPathPackage {
  compile(path: string): {
    singularQuery(): boolean;
    query(body: unknown): { values(): unknown[] };
  };
}

function compileQuery(path: string): JsonPathQuery["query"] {
  const { compile }: JsonPathPackage = createRequire(import.meta.url)("json-p3");
  try {
    const query = compile(path);
    const single = query.singularQuery();
    return (body) => {
      const values = query.query(body).values();
      return single ? values[0] : values;
    };
  } catch (error) {
    throw new Error(`"${path}" is no JSONPath: ${error instanceof Error ? error.message : String(error)}`);
  }
}
