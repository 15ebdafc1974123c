import { readFileSync } from "node:fs";
import path from "node:path";
import { type Diagnostic, Parser } from "@asyncapi/parser";
import { Ajv } from "ajv";
import { expect } from "chai";
import { parse } from "yaml";
import { PUSHES } from "#protocol/definitions.ts";
import { readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError } from "#protocol/errors.ts";
import { EXCHANGES } from "#protocol/example-exchanges.ts";
import { PUSH_EXAMPLES, REFUSALS } from "#protocol/example-frames.ts";
import type { Frame } from "#protocol/fields.ts";
import type { JsonSchema } from "#protocol/json-schema.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import { asyncApiDocument, asyncApiText } from "#scripts/asyncapi-document.ts";
import { root } from "#scripts/root.ts";

describe("docs/asyncapi.yaml", () => {
  const text = readFileSync(path.join(root, "docs", "asyncapi.yaml"), "utf8").replaceAll("\r\n", "\n");
  const document = asyncApiDocument();
  const { messages, schemas } = document.components;

  const payloadOf = (message: string): JsonSchema => {
    const found = messages[message as keyof typeof messages] as { readonly payload: JsonSchema } | undefined;
    if (!found) throw new Error(`There is no message ${message}.`);
    return found.payload;
  };
  const validatorOf = (message: string) =>
    new Ajv({ strict: false, allErrors: true, formats: { "date-time": true } }).compile({
      ...payloadOf(message),
      components: { schemas },
    });
  const expectValid = (message: string, frame: unknown) => {
    const validate = validatorOf(message);
    expect(validate(frame), `${message}: ${JSON.stringify(validate.errors)}`).to.equal(true);
  };

  it("is what `npm run asyncapi` writes", () => {
    expect(text).to.equal(asyncApiText());
  });

  it("is AsyncAPI 3.0 to the official parser, without errors or warnings", async () => {
    const diagnostics: Diagnostic[] = await new Parser().validate(text);
    // 3.0 is what generators and viewers read today
    const wrong = diagnostics.filter(({ code }) => code !== "asyncapi-latest-version");
    expect(wrong.map(({ path: place, message }) => `${place.join("/")}: ${message}`)).to.deep.equal([]);
  });

  it("has nothing that YAML reads otherwise than it was meant", () => {
    expect(parse(text)).to.deep.equal(JSON.parse(JSON.stringify(document)));
  });

  it("has an operation with a reply for every request, and one for every push", () => {
    const operations = Object.entries(document.operations);
    expect(operations.filter(([, { action }]) => action === "receive").map(([name]) => name)).to.deep.equal([
      ...ACTIONS,
    ]);
    expect(operations.filter(([, { action }]) => action === "send").map(([name]) => name)).to.deep.equal([
      ...Object.keys(PUSHES).map((name) => `${name}Push`),
      "gateway",
    ]);
  });

  for (const action of ACTIONS) {
    it(`describes the frames of ${action}`, () => {
      const { done, refused } = EXCHANGES[action];
      expectValid(`${action}Request`, done.request);
      expectValid(`${action}Ack`, done.ack);
      expectValid("error", refused.error);
      for (const push of done.pushes ?? []) expectValid(`${push.type}Push`, push);
      if (refused.error.code === "invalid_request") {
        expect(validatorOf(`${action}Request`)(refused.request), "the refused request").to.equal(false);
      }
    });
  }

  for (const [name, examples] of Object.entries(PUSH_EXAMPLES)) {
    it(`describes the push ${name}`, () => {
      for (const { frame } of examples) expectValid(`${name}Push`, frame);
    });
  }

  it("describes every error, and no other", () => {
    for (const { error } of Object.values(REFUSALS)) expectValid("error", error);
    expect(validatorOf("error")({ ...REFUSALS.internal.error, code: "other" })).to.equal(false);
  });

  it("tells a frame of one action from another's", () => {
    expect(validatorOf("joinRoomRequest")({ action: "leaveRoom", room: "general" })).to.equal(false);
    expect(validatorOf("joinRoomAck")(EXCHANGES.leaveRoom.done.ack)).to.equal(false);
  });

  it("wants one name of a conversation in getMessages, as the server does", () => {
    const valid = validatorOf("getMessagesRequest");
    expect(valid({ action: "getMessages", with: "bob" })).to.equal(true);
    expect(valid({ action: "getMessages" })).to.equal(false);
    expect(valid({ action: "getMessages", with: "bob", conversation: "lobby" })).to.equal(false);
  });

  it("differs from what the server takes in the three points that it names", () => {
    const { description } = document.info;
    const taken = (frame: object) => !(readFrame(JSON.stringify(frame), "native").command instanceof ChatError);
    const differs = (frame: Frame & { readonly action: string }, words: string, atServer: boolean) => {
      expect(taken(frame), `the server: ${JSON.stringify(frame)}`).to.equal(atServer);
      expect(validatorOf(`${frame.action}Request`)(frame), JSON.stringify(frame)).to.equal(!atServer);
      expect(description).to.contain(words);
    };
    const optional = "`null` for a field that may be missing";
    differs({ action: "getMessages", with: "bob", cursor: null }, optional, true);
    differs({ action: "sendMessage", to: { everyone: true }, content: "x", id: null }, optional, true);
    differs({ action: "ping", requestId: null }, optional, true);
    differs({ action: "setName", name: ` ${"x".repeat(64)} ` }, "blanks around names", true);
    differs({ action: "setName", name: "😀".repeat(33) }, "as UTF-16 does", false);
  });

  it("says of every field what it means", () => {
    const roots = { ...schemas, ...Object.fromEntries(Object.keys(messages).map((name) => [name, payloadOf(name)])) };
    const silent = Object.entries(roots).flatMap(([name, schema]) => fieldsWithoutWords(schema, name));
    expect(silent).to.deep.equal([]);
  });
});

function fieldsWithoutWords(schema: JsonSchema, place: string): string[] {
  const parts = [...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])];
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...parts.flatMap((part) => fieldsWithoutWords(part, place)),
    ...fields.flatMap(([name, field]) => [
      ...(field.description ? [] : [`${place}.${name}`]),
      ...fieldsWithoutWords(field, `${place}.${name}`),
    ]),
  ];
}
