// One text frame → the dialect it is written in and the request it makes. The shape of the frame decides; where shapes collide, the connection's known dialect does.
import { ChatError } from "../errors.ts";
import { type Frame, isFrame, refusal, shown } from "../fields.ts";
import { LIMITS } from "../limits.ts";
import { isAction, parseRequest, unknownAction } from "../parse-request.ts";
import type { Command, Dialect, DialectName } from "./dialect.ts";
import { messageAi } from "./message-ai.ts";
import { names } from "./names.ts";
import { native } from "./native.ts";
import { rooms } from "./rooms.ts";
import { typescriptChat } from "./typescript-chat.ts";
import { relay, walkthrough } from "./walkthrough.ts";

const DIALECTS: readonly Dialect[] = [native, rooms, names, messageAi, typescriptChat, walkthrough];

export interface ReadFrame {
  /** How the answer is written. */
  readonly dialect: Dialect;
  /** True when the frame tells which system's client this is; a `ping` does not. */
  readonly telling: boolean;
  /** Given by the client to tell its answers apart: a frame with one is always answered. */
  readonly requestId?: string;
  readonly action?: string;
  /** What is asked for, or why it cannot be. */
  readonly command: Command | ChatError;
}

export function dialectNamed(name: DialectName): Dialect {
  return DIALECTS.find((dialect) => dialect.name === name) ?? native;
}

/** @param known the connection's dialect, when an earlier frame or the handshake told it */
export function readFrame(text: string, known: DialectName | undefined): ReadFrame {
  const home = known === undefined ? native : dialectNamed(known);
  const value = parseJson(text);
  if (value === undefined) return notJson(text, known, home);
  if (!isFrame(value)) return notAnObject(text, value, known, home);
  const dialect = dialectOf(value, known) ?? home;
  const telling = isOwn(dialect, value);
  try {
    const requestId = requestIdOf(value);
    const command = attempt(() => parse(dialect, telling, value, text));
    return { dialect, telling, ...asked(value), ...(requestId === undefined ? {} : { requestId }), command };
  } catch (error) {
    return { dialect, telling, ...asked(value), command: chatError(error) };
  }
}

function dialectOf(frame: Frame, known: DialectName | undefined): Dialect | undefined {
  // a client that said it is native, is: joinRoom and setName look the same in other dialects
  if (known === "native") return native;
  return DIALECTS.find((dialect) => isOwn(dialect, frame));
}

function isOwn(dialect: Dialect, frame: Frame): boolean {
  return (dialect.actions === "any" || isNamed(dialect, frame.action)) && dialect.recognises(frame);
}

function isNamed({ actions }: Dialect, action: unknown): boolean {
  return actions !== "any" && typeof action === "string" && actions.includes(action);
}

function parse(dialect: Dialect, telling: boolean, frame: Frame, text: string): Command {
  const action = frame.action;
  // what means something else in each system, as sendMessage does: what is missing is said in the words of the client's own
  if (telling || action === "sendMessage" || isNamed(dialect, action)) return dialect.parse(frame, text);
  if (dialect === walkthrough && !(typeof action === "string" && isAction(action))) return dialect.parse(frame, text);
  if (typeof action === "string" && !isAction(action)) throw unknownAction(action);
  return parseRequest(frame);
}

/** Plain words are the walkthrough's; what begins like JSON and is not, is a mistake of any other client. */
function notJson(text: string, known: DialectName | undefined, home: Dialect): ReadFrame {
  const broken = text.trim() === "" || (known !== "walkthrough" && /^\s*[{["]/.test(text));
  if (!broken && (known === undefined || known === "walkthrough")) {
    // answered like a native request unless the page is known: who types into a bare socket should see something happen
    return { dialect: home, telling: false, action: "sendMessage", command: attempt(() => relay(text)) };
  }
  return { dialect: home, telling: false, command: new ChatError("invalid_json", "The frame is not JSON.") };
}

function notAnObject(text: string, value: unknown, known: DialectName | undefined, home: Dialect): ReadFrame {
  if (known === "walkthrough") {
    const said = typeof value === "string" ? value : text;
    return { dialect: home, telling: false, action: "sendMessage", command: attempt(() => relay(said)) };
  }
  const message = `The frame is ${Array.isArray(value) ? "an array" : `the JSON value ${shown(value)}`}; it must be a JSON object with an "action".`;
  return { dialect: home, telling: false, command: new ChatError("invalid_json", message) };
}

function requestIdOf(frame: Frame): string | undefined {
  const value = frame.requestId;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value !== "" && value.length <= LIMITS.requestIdCharacters) return value;
  throw refusal("requestId", value, `a string of 1 to ${LIMITS.requestIdCharacters} characters`);
}

function asked(frame: Frame): { readonly action?: string } {
  const action = frame.action;
  return typeof action === "string" ? { action: action.slice(0, 64) } : {};
}

function attempt(make: () => Command): Command | ChatError {
  try {
    return make();
  } catch (error) {
    return chatError(error);
  }
}

/** Anything else is a defect of ours, and no command either. */
function chatError(thrown: unknown): ChatError {
  if (thrown instanceof ChatError) return thrown;
  return new ChatError("internal", "Something went wrong on our side.", { cause: thrown });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
