// One frame in, at most one answer out, through the route response. The only try/catch of a request is here.
import { answerRequest } from "#chat/answer-request.ts";
import { learnDialect } from "#chat/learn-dialect.ts";
import { notConnected } from "#chat/not-connected.ts";
import type { Connection, Ports } from "#chat/ports.ts";
import { type ReadFrame, readFrame } from "#protocol/dialects/read-frame.ts";
import { ChatError, ERRORS } from "#protocol/errors.ts";
import type { Ack, ErrorFrame } from "#protocol/messages.ts";
import type { WebSocketEvent, WebSocketResult } from "./event.ts";
import { consoleLog, described, type Fields, type Log } from "./log.ts";
import { refusalFrom } from "./refusal.ts";

export function onMessage(ports: Ports, log: Log = consoleLog) {
  return async (event: WebSocketEvent): Promise<WebSocketResult> => {
    const { connectionId } = event.requestContext;
    let frame: ReadFrame | undefined;
    try {
      const caller = await ports.connections.get(connectionId);
      frame = readFrame(event.body ?? "", caller?.dialect);
      return answered(frame, await answer(ports, caller, frame));
    } catch (thrown) {
      frame ??= readFrame(event.body ?? "", undefined);
      const refusal = refusalFrom(thrown);
      note(log, { connectionId, action: frame.action, code: refusal.code }, refusal);
      return refused(frame, refusal);
    }
  };
}

async function answer(ports: Ports, caller: Connection | undefined, frame: ReadFrame): Promise<Ack> {
  if (frame.request instanceof ChatError) throw frame.request;
  if (!caller) throw notConnected();
  const speaker =
    frame.telling && caller.dialect === undefined ? await learnDialect(ports, caller, frame.dialect.name) : caller;
  const fields = await answerRequest(ports, speaker, frame.request);
  return {
    type: "ack",
    action: frame.request.action,
    ...(frame.requestId === undefined ? {} : { requestId: frame.requestId }),
    ...fields,
  } as Ack;
}

/** Whoever gave a request id waits for it, whatever the dialect's own clients expect. */
function answered(frame: ReadFrame, ack: Ack): WebSocketResult {
  const shown = frame.dialect.ack(ack) ?? (frame.requestId === undefined ? undefined : ack);
  return shown === undefined ? { statusCode: 200 } : { statusCode: 200, body: JSON.stringify(shown) };
}

/** Answered with 200: the frame carries the error, and a two-way route may replace the body of another status (aws facts §3.4). */
function refused(frame: ReadFrame, { code, message }: ChatError): WebSocketResult {
  const error: ErrorFrame = {
    type: "error",
    code,
    message,
    retryable: ERRORS[code].retryable,
    ...(frame.action === undefined ? {} : { action: frame.action }),
    ...(frame.requestId === undefined ? {} : { requestId: frame.requestId }),
  };
  return { statusCode: 200, body: JSON.stringify(frame.dialect.error(error)) };
}

/** A refusal is the client's business and a line of information; what has a cause is ours. */
function note(log: Log, fields: Fields, { message, cause }: ChatError): void {
  if (cause === undefined) log.info("refused", { ...fields, reason: message });
  else log.error("request failed", { ...fields, cause: described(cause) });
}
