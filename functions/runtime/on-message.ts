// One frame in, at most one answer out, through the route response. The only try/catch of a request is here.
import { answerCommand } from "#chat/answer-command.ts";
import { identityEnded } from "#chat/identity-ended.ts";
import { learnDialect } from "#chat/learn-dialect.ts";
import { leaveForbiddenRooms } from "#chat/leave-forbidden-rooms.ts";
import { notConnected } from "#chat/not-connected.ts";
import type { Ports } from "#chat/ports.ts";
import { requireRate } from "#chat/require-rate.ts";
import { banOf } from "#chat/user-banned.ts";
import { wantedFor } from "#chat/wanted.ts";
import type { CommandAck, DialectName } from "#protocol/dialects/dialect.ts";
import { dialectNamed, type ReadFrame, readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import type { ErrorFrame } from "#protocol/messages.ts";
import { connectionsHere } from "./connections-here.ts";
import type { WebSocketEvent, WebSocketResult } from "./event.ts";
import { identityIn } from "./identity-context.ts";
import { consoleLog, described, type Log } from "./log.ts";
import { refusalFrom } from "./refusal.ts";

export interface MessageSettings {
  /** What a connection speaks that has not shown it yet. */
  readonly defaultDialect?: DialectName | undefined;
  readonly log?: Log;
}

export function onMessage(ports: Ports, { defaultDialect, log = consoleLog }: MessageSettings = {}) {
  const connections = connectionsHere();
  return async ({ requestContext, body = "" }: WebSocketEvent): Promise<WebSocketResult> => {
    const { connectionId, requestTimeEpoch } = requestContext;
    const known = connections.recall(connectionId);
    const expected = known?.dialect ?? defaultDialect;
    // of an unknown connection, what its shape alone tells, which is enough to know what to read
    let frame = readFrame(body, expected);
    try {
      // before anything is read, and whatever the frame says
      requireRate(ports, "connection", connectionId);
      const likely = known?.userId ?? identityIn(requestContext.authorizer)?.userId;
      const snapshot = await ports.snapshots.read(wantedFor(connectionId, likely, commandOf(frame)));
      const caller = snapshot.connection(connectionId);
      if (caller) connections.note(caller);
      const spoken = caller ? (caller.dialect ?? defaultDialect) : expected;
      if (spoken !== expected) frame = readFrame(body, spoken);
      const ended =
        caller && (identityEnded(ports.rules, caller, ports.clock.now()) ?? (await banOf(ports, caller, snapshot)));
      if (ended) {
        note(log, connectionId, frame, ended);
        return await turnedOut(ports, connectionId, errorText(frame, ended));
      }
      if (frame.command instanceof ChatError) throw frame.command;
      if (!caller) throw notConnected();
      const allowed = await leaveForbiddenRooms(ports, caller);
      const speaker = frame.telling
        ? await learnDialect(ports, allowed, frame.dialect.name)
        : { ...(defaultDialect && { dialect: defaultDialect }), ...allowed };
      return answered(frame, await answerCommand(ports, speaker, frame.command, snapshot, requestTimeEpoch));
    } catch (thrown) {
      const refusal = refusalFrom(thrown);
      note(log, connectionId, frame, refusal);
      // with 200: the frame carries the error, and a two-way route may replace the body of another status (aws facts §3.4)
      return { statusCode: 200, body: errorText(frame, refusal) };
    }
  };
}

function commandOf({ command }: ReadFrame) {
  return command instanceof ChatError ? undefined : command;
}

/** Whoever gave a request id waits for it, whatever the dialect's own clients expect. */
function answered(frame: ReadFrame, done: CommandAck): WebSocketResult {
  const command = commandOf(frame);
  const ack = frame.requestId === undefined ? done : { ...done, requestId: frame.requestId };
  const shown = command && frame.dialect.ack(ack, command);
  if (shown !== undefined) return { statusCode: 200, body: JSON.stringify(shown) };
  if (frame.requestId === undefined || !command) return { statusCode: 200 };
  return { statusCode: 200, body: JSON.stringify(dialectNamed("native").ack(ack, command)) };
}

/** Told by a push: the route's own answer would come after the connection was closed, to nobody. */
async function turnedOut(ports: Ports, connectionId: string, frame: string): Promise<WebSocketResult> {
  // once: who does not read is not waited for
  await ports.poster.post(connectionId, frame, { attempts: "only" });
  await ports.closer.close(connectionId);
  return { statusCode: 200 };
}

function errorText(frame: ReadFrame, { code, message }: ChatError): string {
  const error: ErrorFrame = {
    type: "error",
    code,
    message,
    retryable: ERRORS[code].retryable,
    ...(frame.action === undefined ? {} : { action: frame.action }),
    ...(frame.requestId === undefined ? {} : { requestId: frame.requestId }),
  };
  return JSON.stringify(frame.dialect.error(error));
}

/** A refusal is the client's business, and a warning to us; what has a cause is our own failure. */
function note(
  log: Log,
  connectionId: string,
  { action, requestId }: ReadFrame,
  { code, message, cause }: ChatError,
): void {
  // what the client has to name it by, beside Lambda's own request id
  const asked = requestId === undefined ? {} : { clientRequestId: requestId };
  const fields = { connectionId, action, ...asked, code };
  if (cause === undefined) log.warn("refused", { ...fields, reason: message });
  else log.error("request failed", { ...fields, cause: described(cause) });
}
