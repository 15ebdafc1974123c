// The AsyncAPI 3.0 document of the native protocol, made from its definitions. The application it describes is the server: it receives
// requests, replies to them, and sends pushes.
import { stringify } from "yaml";
import { PERSON } from "#protocol/definitions.ts";
import { DIALECT_NAMES } from "#protocol/dialects/dialect.ts";
import { FRAME_WORDS, PUSH_WORDS, REQUEST_WORDS, VERSION } from "#protocol/documentation.ts";
import { type JsonSchema, jsonSchema } from "#protocol/json-schema.ts";
import { ACTIONS } from "#protocol/parse-request.ts";
import {
  ackMessage,
  GATEWAY_WORDS,
  messages,
  objectSchemas,
  PUSH_NAMES,
  pushMessage,
  requestMessage,
} from "./asyncapi-messages.ts";

const DESCRIPTION = [
  "The native protocol: one JSON object a WebSocket text frame, both ways.",
  "Every request is answered once, by an ack or an error; answers may overtake one another and are told apart by `requestId`.",
  "The schemas describe frames as they should be sent. The server takes a little more: `null` for a field that may be missing, and blanks",
  "around names, rooms and ids, which are dropped before they count. It counts a text's characters as UTF-16 does, where an emoji",
  "is two or more; `maxLength` counts code points.",
  "What it means together – conversations, seq, resuming, sending again – is in docs/protocol.md.",
].join(" ");

/** The text of docs/asyncapi.yaml. */
export function asyncApiText(): string {
  const yaml = stringify(asyncApiDocument(), { aliasDuplicateObjects: false, lineWidth: 120 });
  return `# Written by \`npm run asyncapi\` from protocol/definitions.ts and protocol/documentation.ts.\n${yaml}`;
}

export function asyncApiDocument() {
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Real-time messages",
      version: VERSION,
      description: DESCRIPTION,
      license: { name: "MIT" },
    },
    defaultContentType: "application/json",
    servers: servers(),
    channels: { socket: socket() },
    operations: { ...requestOperations(), ...pushOperations() },
    components: {
      messages: messages(),
      schemas: objectSchemas(),
      correlationIds: {
        requestId: { description: FRAME_WORDS.requestId, location: "$message.payload#/requestId" },
      },
    },
  };
}

function servers() {
  return {
    local: {
      host: "127.0.0.1:{port}",
      protocol: "ws",
      description: "The same stack on this computer: `npm start`.",
      variables: { port: { default: "3001", description: "What `--port` said." } },
    },
    aws: {
      host: "{apiId}.execute-api.{region}.amazonaws.com",
      protocol: "wss",
      description: "API Gateway.",
      variables: {
        apiId: { description: "The API's id: the deployment's output names it.", examples: ["abc123defg"] },
        region: { default: "us-east-1", description: "Where the stage is deployed." },
      },
    },
  };
}

function socket() {
  const messages = [...ACTIONS.flatMap((action) => [requestMessage(action), ackMessage(action)]), "error"];
  return {
    address: "/{stage}",
    title: "The connection",
    description: "Everything is said on one WebSocket. A query that cannot be is refused with 400 at the handshake.",
    parameters: {
      stage: { default: "dev", description: "A stage file's name.", examples: ["dev", "staging", "prod"] },
    },
    servers: [{ $ref: "#/servers/local" }, { $ref: "#/servers/aws" }],
    messages: Object.fromEntries(
      [...messages, ...PUSH_NAMES.map(pushMessage), "gateway"].map((name) => [
        name,
        { $ref: `#/components/messages/${name}` },
      ]),
    ),
    bindings: { ws: { method: "GET", query: handshakeQuery(), bindingVersion: "0.1.0" } },
  };
}

function handshakeQuery(): JsonSchema {
  return {
    type: "object",
    properties: {
      userId: {
        ...jsonSchema(PERSON.fields.id),
        description:
          "Who the user is across connections, believed where no token is asked for. Without it, the connection's id.",
      },
      token: {
        type: "string",
        description:
          "The token, where one is asked for. Better offered as a protocol, after `bearer`: URLs are written into logs.",
      },
      dialect: {
        enum: DIALECT_NAMES,
        description: "What the client speaks. `native` is this protocol; without it the first frame tells.",
      },
    },
  };
}

function requestOperations() {
  return Object.fromEntries(
    ACTIONS.map((action) => [
      action,
      {
        action: "receive",
        summary: REQUEST_WORDS[action].is,
        channel: { $ref: "#/channels/socket" },
        messages: [onSocket(requestMessage(action))],
        reply: {
          channel: { $ref: "#/channels/socket" },
          messages: [onSocket(ackMessage(action)), onSocket("error")],
        },
      },
    ]),
  );
}

function pushOperations() {
  const operation = (summary: string, message: string) => ({
    action: "send",
    summary,
    channel: { $ref: "#/channels/socket" },
    messages: [onSocket(message)],
  });
  return {
    ...Object.fromEntries(
      PUSH_NAMES.map((push) => [pushMessage(push), operation(PUSH_WORDS[push].is, pushMessage(push))]),
    ),
    gateway: operation(GATEWAY_WORDS, "gateway"),
  };
}

function onSocket(message: string) {
  return { $ref: `#/channels/socket/messages/${message}` };
}
