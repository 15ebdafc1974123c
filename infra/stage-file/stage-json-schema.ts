// The JSON Schema (draft-07) of stage files, for editors; made from the schema that checks them.
import { z } from "zod";
import { StageSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

const MERGE_RULE =
  "What this file says is merged over the file it extends, as JSON Merge Patch (RFC 7396): objects merge key by key at every depth, any other value replaces, and null removes what is inherited.";

/** One file says any part of a stage: nothing is required, and what is optional or an entry of a map may be null. */
export function stageFileSchema(): JsonSchema {
  const { properties, ...rest } = stageSchema();
  return openToMerge({
    title: "Stage file",
    description: MERGE_RULE,
    ...rest,
    properties: {
      $schema: { type: "string", description: "This schema, for editors." },
      extends: {
        type: "string",
        pattern: "^\\.\\.?/",
        description: `The file whose values this one changes, relative to this file. ${MERGE_RULE}`,
      },
      ...properties,
    },
  });
}

/** The keys a stage may have below a path; none where keys are the user's own. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  const ofFile = path.length === 0 ? ["$schema", "extends"] : [];
  return [...ofFile, ...Object.keys(schemaAt(path)?.properties ?? {})];
}

export function descriptionOf(path: readonly PropertyKey[]): string {
  return schemaAt(path)?.description ?? "";
}

function schemaAt(path: readonly PropertyKey[]): JsonSchema | undefined {
  let schema: JsonSchema | undefined = stageSchema();
  for (const key of path) schema = schema && childSchema(schema, String(key));
  return schema;
}

function stageSchema(): JsonSchema {
  return z.toJSONSchema(StageSchema, { io: "input", target: "draft-7", reused: "inline" });
}

function childSchema(schema: JsonSchema, key: string): JsonSchema | undefined {
  const child = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : schema.additionalProperties;
  return typeof child === "object" ? child : undefined;
}

function openToMerge(schema: JsonSchema): JsonSchema {
  const { required = [], properties, additionalProperties, ...rest } = schema;
  const open: JsonSchema = { ...rest };
  if (properties !== undefined) {
    const opened = Object.entries(properties).map(([key, value]) => {
      const child = openToMerge(Object(value));
      return [key, required.includes(key) || key.startsWith("$") || key === "extends" ? child : orNull(child)];
    });
    open.properties = Object.fromEntries(opened);
  }
  if (typeof additionalProperties === "object") open.additionalProperties = orNull(openToMerge(additionalProperties));
  else if (additionalProperties !== undefined) open.additionalProperties = additionalProperties;
  return open;
}

function orNull(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  return { ...(description === undefined ? {} : { description }), anyOf: [rest, { type: "null" }] };
}
