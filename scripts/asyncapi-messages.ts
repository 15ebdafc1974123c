// The messages of the AsyncAPI document and the objects they are made of: payload, words and examples of every frame.
import {
  ACKS,
  DELETION,
  EDIT,
  MESSAGE,
  PERSON,
  PRESENCE,
  PUSHES,
  RECEIPT,
  REQUESTS,
  TARGET,
  TYPING,
} from "#protocol/definitions.ts";
import { ACK_WORDS, FRAME_WORDS, OBJECT_WORDS, PUSH_WORDS, REQUEST_WORDS } from "#protocol/documentation.ts";
import { ERRORS } from "#protocol/errors.ts";
import { EXCHANGES } from "#protocol/example-exchanges.ts";
import { PUSH_EXAMPLES, REFUSALS, type Refused } from "#protocol/example-frames.ts";
import { type AnyMeaning, type JsonSchema, jsonSchema, objectSchema } from "#protocol/json-schema.ts";
import { LIMITS } from "#protocol/limits.ts";
import type { Action } from "#protocol/messages.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import type { Fields, Shape } from "#protocol/shape.ts";

export type PushName = keyof typeof PUSHES;
export const PUSH_NAMES = Object.keys(PUSHES) as readonly PushName[];

const OBJECTS = {
  Person: PERSON,
  Target: TARGET,
  Message: MESSAGE,
  Edit: EDIT,
  Deletion: DELETION,
  Presence: PRESENCE,
  Typing: TYPING,
  Receipt: RECEIPT,
} as const;

const DEFINED: ReadonlyMap<Shape, string> = new Map(
  Object.entries(OBJECTS).map(([name, shape]) => [shape, `#/components/schemas/${name}`]),
);

export const requestMessage = (action: Action) => `${action}Request`;
export const ackMessage = (action: Action) => `${action}Ack`;
export const pushMessage = (push: PushName) => `${push}Push`;

export function messages() {
  return {
    ...requestMessages(),
    ...ackMessages(),
    error: errorMessage(),
    ...pushMessages(),
    gateway: gatewayMessage(),
  };
}

function requestMessages() {
  return Object.fromEntries(
    ACTIONS.map((action) => {
      const { is, each } = REQUEST_WORDS[action];
      const { about, request } = EXCHANGES[action].done;
      const payload = framed({ action: word(action, FRAME_WORDS.action), requestId }, REQUESTS[action], each);
      // the one rule between fields, which parse-request.ts holds
      const either =
        action === "getMessages" ? { oneOf: [{ required: ["conversation"] }, { required: ["with"] }] } : {};
      return [requestMessage(action), message(is, { ...payload, ...either }, [example("request", about, request)])];
    }),
  );
}

function ackMessages() {
  return Object.fromEntries(
    ACTIONS.map((action) => {
      const { is, each } = ACK_WORDS[action];
      const { about, ack } = EXCHANGES[action].done;
      const envelope = {
        type: word("ack", "What this is."),
        action: word(action, FRAME_WORDS.answered),
        requestId: { ...requestId, description: FRAME_WORDS.repeated },
      };
      return [ackMessage(action), message(is, framed(envelope, ACKS[action], each), [example("ack", about, ack)])];
    }),
  );
}

function errorMessage() {
  const meanings = Object.entries(ERRORS).map(([code, { meaning }]) => `\`${code}\`: ${meaning}`);
  const payload: JsonSchema = {
    type: "object",
    required: ["type", "code", "message", "retryable"],
    properties: {
      type: word("error", "What this is."),
      code: { enum: Object.keys(ERRORS), description: [FRAME_WORDS.code, ...meanings].join("\n\n") },
      message: { type: "string", description: FRAME_WORDS.message },
      retryable: { type: "boolean", description: FRAME_WORDS.retryable },
      action: { type: "string", description: FRAME_WORDS.repeated },
      requestId: { ...requestId, description: FRAME_WORDS.repeated },
    },
  };
  const examples = Object.values<Refused<keyof typeof ERRORS>>(REFUSALS).map(({ about, error }) =>
    example(error.code, about, error),
  );
  return message("A request was refused, or failed.", payload, examples);
}

function pushMessages() {
  return Object.fromEntries(
    PUSH_NAMES.map((push) => {
      const shape: Shape = PUSHES[push];
      const { is, each } = PUSH_WORDS[push];
      const payload = DEFINED.has(shape) ? jsonSchema(shape, DEFINED) : jsonSchema(shape, DEFINED, { is, each });
      const examples = PUSH_EXAMPLES[push].map(({ about, frame }, at) => example(`${push}${at + 1}`, about, frame));
      const { correlationId: _, ...pushed } = message(is, payload, examples);
      return [pushMessage(push), pushed];
    }),
  );
}

export const GATEWAY_WORDS =
  "API Gateway's own words, when a request did not reach the application or took too long. Its requestId is not the client's.";

function gatewayMessage() {
  const payload: JsonSchema = {
    type: "object",
    required: ["message"],
    properties: {
      message: {
        type: "string",
        description: "`Forbidden`, `Internal server error`, `Endpoint request timed out` or `Too Many Requests`.",
      },
      connectionId: { type: "string", description: "Of this connection." },
      requestId: { type: "string", description: "API Gateway's number of the request." },
    },
  };
  const { correlationId: _, ...unasked } = message(GATEWAY_WORDS, payload, [
    example("gateway", "The function failed.", {
      message: "Internal server error",
      connectionId: "XDmENcnwIE0CFEQ=",
      requestId: "XDmGEE2RoE0FRdQ=",
    }),
  ]);
  return unasked;
}

export function objectSchemas() {
  return Object.fromEntries(
    Object.entries(OBJECTS).map(([name, shape]) => {
      const others = new Map([...DEFINED].filter(([defined]) => defined !== shape));
      return [name, jsonSchema(shape, others, OBJECT_WORDS[name as keyof typeof OBJECTS])];
    }),
  );
}

const requestId: JsonSchema = {
  type: "string",
  minLength: 1,
  maxLength: LIMITS.requestIdCharacters,
  description: FRAME_WORDS.requestId,
};

function word(value: string, description: string): JsonSchema {
  return { type: "string", const: value, description };
}

/** What every frame of its kind has – only `requestId` may be missing –, and then its own fields. */
function framed(
  envelope: Readonly<Record<string, JsonSchema>>,
  fields: Fields,
  meanings: Readonly<Record<string, AnyMeaning>>,
): JsonSchema {
  const own = objectSchema(fields, DEFINED, meanings);
  const names = Object.keys(envelope).filter((name) => name !== "requestId");
  return { ...own, required: [...names, ...(own.required ?? [])], properties: { ...envelope, ...own.properties } };
}

function message(summary: string, payload: JsonSchema, examples: readonly object[]) {
  return {
    summary,
    payload,
    correlationId: { $ref: "#/components/correlationIds/requestId" },
    examples,
  };
}

function example(name: string, summary: string, payload: object) {
  return { name, summary, payload };
}
