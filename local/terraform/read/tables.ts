import type { Table, TableIndex, TableKey } from "#local/stack.ts";
import type { Fields } from "./fields.ts";
import type { Reading } from "./reading.ts";

export function readTables(reading: Reading): Table[] {
  return reading.resources("aws_dynamodb_table").map((fields) => {
    const attributes = readAttributes(fields);
    const ttl = fields.block("ttl");
    const ttlAttribute = ttl?.value("enabled") === false ? undefined : ttl?.text("attribute_name");
    const key = readKey(fields, attributes);
    const localIndexes = fields.blocks("local_secondary_index").map((index) => ({
      ...readProjection(index),
      key: { hash: key.hash, range: declared(index, index.required("range_key"), attributes) },
    }));
    return {
      address: fields.place,
      name: fields.required("name"),
      arn: fields.required("arn"),
      key,
      attributes,
      globalIndexes: fields.blocks("global_secondary_index").map((index) => ({
        ...readProjection(index),
        key: readKey(index, attributes),
      })),
      ...(localIndexes.length > 0 ? { localIndexes } : {}),
      billingMode: fields.text("billing_mode") === "PAY_PER_REQUEST" ? "PAY_PER_REQUEST" : "PROVISIONED",
      ...(ttlAttribute ? { ttlAttribute } : {}),
      ...readSettings(fields),
    };
  });
}

function readSettings(fields: Fields): Pick<Table, "tags" | "deletionProtection" | "pointInTimeRecovery"> {
  const tags = fields.map("tags");
  return {
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
    ...(fields.flag("deletion_protection_enabled") ? { deletionProtection: true } : {}),
    ...(fields.block("point_in_time_recovery")?.flag("enabled") ? { pointInTimeRecovery: true } : {}),
  };
}

function readAttributes(fields: Fields): Table["attributes"] {
  const attributes: Record<string, "S" | "N" | "B"> = {};
  for (const attribute of fields.blocks("attribute")) {
    const type = attribute.required("type");
    if (type === "S" || type === "N" || type === "B") attributes[attribute.required("name")] = type;
    else attribute.problem(`type of ${attribute.required("name")} is ${JSON.stringify(type)}; it is S, N or B`);
  }
  return attributes;
}

function readProjection(fields: Fields): Omit<TableIndex, "key"> {
  const projection = fields.required("projection_type");
  if (projection !== "ALL" && projection !== "KEYS_ONLY" && projection !== "INCLUDE") {
    fields.problem(`projection_type is ${JSON.stringify(projection)}; it is ALL, KEYS_ONLY or INCLUDE`);
  }
  const nonKeyAttributes = fields.texts("non_key_attributes");
  return {
    name: fields.required("name"),
    projection: projection === "KEYS_ONLY" || projection === "INCLUDE" ? projection : "ALL",
    ...(nonKeyAttributes.length > 0 ? { nonKeyAttributes } : {}),
  };
}

/** hash_key and range_key, or the key_schema blocks of newer providers (aws facts §9.2). */
function readKey(fields: Fields, attributes: Table["attributes"]): TableKey {
  const schema = fields.blocks("key_schema");
  const named = (type: string): string[] =>
    schema.filter((one) => one.text("key_type") === type).map((one) => one.required("attribute_name"));
  if (named("HASH").length > 1 || named("RANGE").length > 1)
    fields.problem("an index key of several attributes is not served");
  const hash = named("HASH")[0] ?? fields.required("hash_key");
  const range = named("RANGE")[0] ?? fields.text("range_key");
  for (const name of [hash, range]) if (name !== undefined && name !== "") declared(fields, name, attributes);
  return range === undefined ? { hash } : { hash, range };
}

function declared(fields: Fields, name: string, attributes: Table["attributes"]): string {
  if (!Object.hasOwn(attributes, name)) {
    fields.problem(
      `the key attribute ${name} has no attribute block; declared are ${Object.keys(attributes).join(", ") || "none"}`,
    );
  }
  return name;
}
