// What came from outside against its shape: the checked value – only the fields we know –, or a ChatError that names the field, what
// it is and what would be right.
import { ChatError } from "./errors.ts";
import { checkedContent, isFrame, refusal, shortText, utf8Bytes } from "./fields.ts";
import { jsonStart } from "./json-start.ts";
import type { Fields, Shape, Value } from "./shape.ts";

/** @throws ChatError `invalid_request` or `message_too_large` */
export function check<const S extends Shape>(shape: S, value: unknown, field: string): Value<S> {
  return checked(shape, value, field) as Value<S>;
}

function checked(shape: Shape, value: unknown, field: string): unknown {
  switch (shape.kind) {
    case "text":
      return encodable(shortText({ [field]: value }, field, shape.most), field, shape.encoded);
    case "content":
      if (typeof value !== "string" || value.length < shape.least)
        throw refusal(field, value, "a text that is not empty");
      return checkedContent(value);
    case "secret":
      if (typeof value === "string" && value !== "" && value.length <= shape.most) return value;
      throw new ChatError("invalid_request", `"${field}" must be a text of 1 to ${shape.most} characters.`);
    case "whole": {
      const { least, most } = shape;
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value;
      throw refusal(
        field,
        value,
        most === Number.MAX_SAFE_INTEGER
          ? `a whole number from ${least} on`
          : `a whole number from ${least} to ${most}`,
      );
    }
    case "flag":
      if (typeof value === "boolean") return value;
      throw refusal(field, value, "true or false");
    case "time":
      if (typeof value === "string" && TIME.test(value)) return value;
      throw refusal(field, value, "a time in ISO 8601, UTC, with milliseconds");
    case "extra":
      if (isFrame(value) && utf8Bytes(jsonStart(value, shape.mostBytes)) <= shape.mostBytes) return value;
      throw refusal(field, value, `an object of at most ${shape.mostBytes} bytes`);
    case "oneOf":
      if (shape.values.includes(value as string)) return value;
      throw refusal(field, value, oneOfWords(shape.values.map((known) => JSON.stringify(known))));
    case "list":
      if (!Array.isArray(value) || value.length > shape.most)
        throw refusal(field, value, `a list of at most ${shape.most}`);
      return value.map((item, at) => checked(shape.of, item, `${field}[${at}]`));
    case "object":
      if (!isFrame(value)) throw refusal(field, value, "an object");
      return checkedFields(shape.fields, value, `${field}.`);
    case "union": {
      const type = isFrame(value) ? value.type : undefined;
      const found = shape.of.find(
        ({ fields }) => fields.type?.kind === "oneOf" && fields.type.values.includes(type as string),
      );
      if (found) return checked(found, value, field);
      throw refusal(`${field}.type`, type, "a known type");
    }
    case "choice": {
      const names = Object.keys(shape.fields);
      const given = isFrame(value) ? Object.keys(value) : [];
      const name = given[0] ?? "";
      const chosen: Shape | undefined = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      if (!isFrame(value) || given.length !== 1 || !chosen) {
        throw refusal(field, value, `an object with one of ${names.map((known) => JSON.stringify(known)).join(", ")}`);
      }
      return { [name]: checked(chosen, value[name], name) };
    }
  }
}

/** The fields of an object, those that are undefined or null left out when they are optional. */
export function checkedFields(
  fields: Fields,
  frame: Readonly<Record<string, unknown>>,
  prefix = "",
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(fields)) {
    const value = frame[name];
    if (shape.kind !== "optional") result[name] = checked(shape, value, prefix + name);
    else if (value !== undefined && value !== null) result[name] = checked(shape.of, value, prefix + name);
  }
  return result;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Two user ids make the name of a direct conversation, which is a key of the database. */
function encodable(text: string, field: string, most = Number.POSITIVE_INFINITY): string {
  if (encodeURIComponent(text).length <= most) return text;
  throw refusal(field, text, `at most ${most} characters long when it is percent-encoded`);
}

function oneOfWords(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "") : `one of ${values.join(", ")}`;
}
