// A shape as JSON Schema, draft 7: what the payloads of an AsyncAPI 3 document are written in. For documents and tests, part of no bundle.
// It describes frames as they should be sent. What comes in is taken a little more freely: blanks around a text are trimmed away, and
// null in the place of an optional field is as if it were not there. Lengths are taken more strictly: in UTF-16 units, which no schema can
// say. The document's description, and docs/protocol.md, have all three.
import { CONTROLS, INVISIBLE } from "./fields.ts";
import { LIMITS } from "./limits.ts";
import type { Fields, Shape } from "./shape.ts";

export interface JsonSchema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: "string" | "integer" | "boolean" | "array" | "object";
  readonly const?: string | boolean;
  readonly enum?: readonly (string | boolean)[];
  readonly format?: "date-time";
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly allOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What a field means; `each` for the fields of the objects in a list that have no name of their own. */
export type AnyMeaning = string | { readonly is: string; readonly each: Readonly<Record<string, AnyMeaning>> };

/** Shapes that are defined once in the document, and where. */
export type Defined = ReadonlyMap<Shape, string>;

/** No control characters, and something that can be seen. */
const TEXT = `^[^${CONTROLS}]*[^\\s${CONTROLS}${INVISIBLE}][^${CONTROLS}]*$`;
const TIME = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$";

const NONE: Defined = new Map();

export function jsonSchema(shape: Shape, defined: Defined = NONE, meaning?: AnyMeaning): JsonSchema {
  const place = defined.get(shape);
  if (place !== undefined) return referring(place, meaning);
  const schema = plain(shape, defined, meaning);
  const description = [typeof meaning === "object" ? meaning.is : meaning, schema.description]
    .filter((words) => words !== undefined)
    .join(" ");
  return description === "" ? schema : { ...schema, description };
}

/** An object with these fields, and perhaps others: who reads it ignores what it does not know. */
export function objectSchema(
  fields: Fields,
  defined: Defined = NONE,
  meanings: Readonly<Record<string, AnyMeaning>> = {},
): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    required: entries.filter(([, field]) => field.kind !== "optional").map(([name]) => name),
    properties: Object.fromEntries(
      entries.map(([name, field]) => [
        name,
        jsonSchema(field.kind === "optional" ? field.of : field, defined, meanings[name]),
      ]),
    ),
  };
}

function plain(shape: Shape, defined: Defined, meaning: AnyMeaning | undefined): JsonSchema {
  const each = typeof meaning === "object" ? meaning.each : {};
  switch (shape.kind) {
    case "text":
      return {
        type: "string",
        minLength: 1,
        maxLength: shape.most,
        pattern: TEXT,
        ...(shape.encoded === undefined
          ? {}
          : { description: `At most ${shape.encoded} characters when percent-encoded.` }),
      };
    case "content":
      return {
        type: "string",
        minLength: shape.least,
        maxLength: LIMITS.contentBytes,
        description: `At most ${LIMITS.contentBytes} bytes as it is written in a frame: UTF-8, what JSON escapes escaped.`,
      };
    case "secret":
      return { type: "string", minLength: 1, maxLength: shape.most };
    case "whole":
      return { type: "integer", minimum: shape.least, maximum: shape.most };
    case "flag":
      return { type: "boolean" };
    case "time":
      return { type: "string", format: "date-time", pattern: TIME };
    case "extra":
      return { type: "object", description: `At most ${shape.mostBytes} bytes of JSON.` };
    case "oneOf":
      return oneOfSchema(shape.values);
    case "list":
      return {
        type: "array",
        ...(shape.most === Number.MAX_SAFE_INTEGER ? {} : { maxItems: shape.most }),
        items:
          shape.of.kind === "object" && !defined.has(shape.of)
            ? objectSchema(shape.of.fields, defined, each)
            : jsonSchema(shape.of, defined),
      };
    case "object":
      return objectSchema(shape.fields, defined, each);
    case "choice":
      return {
        oneOf: Object.entries(shape.fields).map(([name, field]) => ({
          ...objectSchema({ [name]: field }, defined, each),
          additionalProperties: false,
        })),
      };
    case "union":
      return { oneOf: shape.of.map((one) => jsonSchema(one, defined)) };
  }
}

function oneOfSchema(values: readonly (string | true)[]): JsonSchema {
  const [first] = values;
  if (values.length !== 1 || first === undefined) return { enum: values };
  return { type: first === true ? "boolean" : "string", const: first };
}

/** What stands beside a `$ref` is ignored in draft 7, so words of the field's own need a place around it. */
function referring($ref: string, meaning: AnyMeaning | undefined): JsonSchema {
  if (meaning === undefined) return { $ref };
  return { description: typeof meaning === "object" ? meaning.is : meaning, allOf: [{ $ref }] };
}
