// The check of what comes in and the JSON Schema of the documents are made from the same shapes: here they agree on generated values.
import { Ajv, type ValidateFunction } from "ajv";
import { expect } from "chai";
import fc from "fast-check";
import { check } from "#protocol/check-shape.ts";
import { ACKS, ENTRY, PERSON, PUSHES, REQUESTS, TARGET } from "#protocol/definitions.ts";
import { ChatError } from "#protocol/errors.ts";
import { CONTROLS } from "#protocol/fields.ts";
import { jsonSchema } from "#protocol/json-schema.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Fields, Shape } from "#protocol/shape.ts";
import * as shapes from "#protocol/shape.ts";

const ajv = new Ajv({ strict: true, formats: { "date-time": true } });

/** One of each kind, and everything that is defined. */
const SHAPES: Readonly<Record<string, Shape>> = {
  text: shapes.text(8),
  content: shapes.content,
  "whole number": shapes.whole(1, 100),
  "whole number without a greatest": shapes.whole(0),
  flag: shapes.flag,
  time: shapes.time,
  extra: shapes.extra(200),
  word: shapes.oneOf("delivered", "read"),
  "one word": shapes.oneOf("message"),
  true: shapes.oneOf(true),
  list: shapes.list(shapes.text(8), 3),
  object: shapes.object({ must: shapes.flag, may: shapes.optional(shapes.whole(0)) }),
  choice: TARGET,
  union: ENTRY,
  person: PERSON,
  ...defined("request", REQUESTS),
  ...defined("ack", ACKS),
  ...PUSHES,
};

function defined(what: string, all: Readonly<Record<string, Fields>>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(all).map(([name, fields]) => [`${what} ${name}`, shapes.object(fields)]));
}

/** Values of the shape, as they are sent. */
function good(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "text":
      return fc.oneof(
        fc.string({ unit: "binary" }).map(plainText).filter(fits(shape.most)),
        fc.constant("x".repeat(shape.most)),
      );
    case "content":
      return fc.oneof(
        fc.string({ unit: "binary", minLength: shape.least }),
        fc.constant("x".repeat(LIMITS.contentBytes)),
      );
    case "secret":
      return fc.string({ unit: "binary", minLength: 1, maxLength: 64 });
    case "whole":
      return fc.oneof(
        fc.integer({ min: shape.least, max: Math.min(shape.most, 2 ** 31 - 1) }),
        fc.constant(shape.most),
      );
    case "flag":
      return fc.boolean();
    case "time":
      return fc
        .date({ min: new Date(0), max: new Date("9999-12-31"), noInvalidDate: true })
        .map((date) => date.toISOString());
    case "extra":
      return fc
        .dictionary(fc.string(), fc.jsonValue())
        .filter((value) => JSON.stringify(value).length <= shape.mostBytes);
    case "oneOf":
      return fc.constantFrom(...shape.values);
    case "list":
      return fc.array(good(shape.of), { maxLength: Math.min(shape.most, 3) });
    case "object":
      return goodObject(shape.fields);
    case "choice":
      return fc.oneof(...Object.entries(shape.fields).map(([name, field]) => goodObject({ [name]: field })));
    case "union":
      return fc.oneof(...shape.of.map(good));
  }
}

function goodObject(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(fields);
  return fc.record(
    Object.fromEntries(entries.map(([name, field]) => [name, good(field.kind === "optional" ? field.of : field)])),
    {
      requiredKeys: entries.filter(([, field]) => field.kind !== "optional").map(([name]) => name),
      noNullPrototype: true,
    },
  );
}

/** Values that are not of the shape, each wrong in one place. */
function broken(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "text":
      return fc.constantFrom<unknown>(5, null, "", " \t ", "\u200b\u2060", "a\u0007b", "x".repeat(shape.most + 1), [
        "x",
      ]);
    case "content":
      return fc.constantFrom<unknown>(5, null, "x".repeat(LIMITS.contentBytes + 1), ...(shape.least === 1 ? [""] : []));
    case "secret":
      return fc.constantFrom<unknown>(5, null, "", "x".repeat(shape.most + 1), ["x"]);
    case "whole":
      return fc.constantFrom<unknown>(shape.least - 1, shape.most + 1, shape.least + 0.5, String(shape.least), null);
    case "flag":
      return fc.constantFrom<unknown>("true", 0, null);
    case "time":
      return fc.constantFrom<unknown>("yesterday", "", 0, null);
    case "extra":
      return fc.constantFrom<unknown>([], "x", 1, null);
    case "oneOf":
      return fc.constantFrom<unknown>("something else", false, 1, null);
    case "list":
      return brokenList(shape);
    case "object":
      return fc.oneof(fc.constantFrom<unknown>([], "x", null), brokenObject(shape.fields));
    case "choice":
      return fc.oneof(
        fc.constantFrom<unknown>({}, { other: 1 }, "x", null),
        goodObject(shape.fields),
        brokenChoice(shape.fields),
      );
    case "union":
      return fc.oneof(
        fc.constantFrom<unknown>({}, { type: "other" }, { type: "constructor" }, null),
        ...shape.of.map(({ fields }) => brokenObject(fields)),
      );
  }
}

function brokenList({ of, most }: Extract<Shape, { kind: "list" }>): fc.Arbitrary<unknown> {
  const item = broken(of).map((one) => [one]);
  if (most > LIMITS.pageOfMessages.most) return fc.oneof(fc.constantFrom<unknown>({}, "x", null), item);
  return fc.oneof(
    fc.constantFrom<unknown>({}, "x", null),
    item,
    good(of).map((one) => Array(most + 1).fill(one)),
  );
}

/** One field is broken, or is missing though it must not; an object without fields has nothing to break but being one. */
function brokenObject(fields: Fields): fc.Arbitrary<unknown> {
  const ways = Object.entries(fields).flatMap(([name, field]) => {
    const rest = goodObject(fields);
    const wrong = broken(field.kind === "optional" ? field.of : field).filter((value) => value !== null);
    const withWrong = fc.tuple(rest, wrong).map(([object, value]) => ({ ...object, [name]: value }));
    const without = rest.map(({ [name]: _, ...others }) => others);
    return field.kind === "optional" ? [withWrong] : [withWrong, without];
  });
  return ways.length === 0 ? fc.constant([]) : fc.oneof(...ways);
}

function brokenChoice(fields: Fields): fc.Arbitrary<unknown> {
  return fc.oneof(
    ...Object.entries(fields).map(([name, field]) => broken(field as Shape).map((value) => ({ [name]: value }))),
  );
}

function plainText(text: string): string {
  return text.replace(new RegExp(`[${CONTROLS}]`, "g"), "").trim();
}

const fits = (most: number) => (text: string) =>
  text.length >= 1 &&
  text.length <= most &&
  /[^\s\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\u{1d159}]/u.test(text);

function refusedByCheck(shape: Shape, value: unknown): boolean {
  try {
    check(shape, value, "value");
    return false;
  } catch (error) {
    if (error instanceof ChatError) return true;
    throw error;
  }
}

const problems = (validate: ValidateFunction) => JSON.stringify(validate.errors);

describe("the JSON Schema of a shape", () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    const validate = ajv.compile(jsonSchema(shape));

    it(`${name}: takes what the check takes as it is`, () => {
      fc.assert(
        fc.property(good(shape), (value) => {
          expect(check(shape, value, "value")).to.deep.equal(value);
          expect(validate(value), problems(validate)).to.equal(true);
        }),
      );
    });

    it(`${name}: refuses what the check refuses`, () => {
      fc.assert(
        fc.property(broken(shape), (value) => {
          expect(refusedByCheck(shape, value)).to.equal(true);
          expect(validate(value)).to.equal(false);
        }),
      );
    });
  }

  it("says what a schema cannot hold: bytes", () => {
    expect(jsonSchema(shapes.content).description).to.match(/At most 31744 bytes/);
    expect(jsonSchema(shapes.extra(4096)).description).to.equal("At most 4096 bytes of JSON.");
  });

  it("refers to what is defined elsewhere, and keeps the field's own words beside it", () => {
    const known = new Map<Shape, string>([[PERSON, "#/Person"]]);
    expect(jsonSchema(PERSON, known)).to.deep.equal({ $ref: "#/Person" });
    expect(jsonSchema(PERSON, known, "Who.")).to.deep.equal({ description: "Who.", allOf: [{ $ref: "#/Person" }] });
  });

  it("lets fields be that it does not know, except beside a choice", () => {
    expect(ajv.validate(jsonSchema(PERSON), { id: "ann", born: 1990 })).to.equal(true);
    expect(ajv.validate(jsonSchema(TARGET), { room: "general", other: 1 })).to.equal(false);
  });
});
