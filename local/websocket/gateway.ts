// API Gateway for the WebSocket APIs of a stack: upgrades become connections, the same port serves `@connections`.
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Chaos } from "#local/chaos/chaos.ts";
import { type Clock, systemClock } from "#local/clock.ts";
import { hostName } from "#local/host-check.ts";
import type { Credentials } from "#local/iam/credentials.ts";
import type { Invoker } from "#local/lambda/invoker.ts";
import type { LogStore } from "#local/logs/log-store.ts";
import type { Stack } from "#local/stack.ts";
import { foreignRequest } from "#local/web-pages.ts";
import { ApiKeyUsage } from "./api-keys.ts";
import { Connection } from "./connection.ts";
import { Connections } from "./connections.ts";
import { type CloseCause, goingAway } from "./disconnect.ts";
import { runDisconnect } from "./disconnect-route.ts";
import { describeFailure, internalError } from "./failure.ts";
import type { GatewayParts } from "./gateway-parts.ts";
import { handleUpgrade } from "./handshake.ts";
import { answerRequest, answerSocket } from "./http-answer.ts";
import type { ConnectionFacts } from "./lambda-event.ts";
import { defaultLimits, type GatewayLimits } from "./limits.ts";
import { handleManagement } from "./management-api.ts";
import { handleMessage } from "./message.ts";
import { RequestClock } from "./request-clock.ts";
import { answerWithoutUpgrade } from "./request-target.ts";
import type { StageParts } from "./served-route.ts";
import { type ServedStage, serveStage } from "./served-stage.ts";
import { ServedStages } from "./served-stages.ts";
import { tokenBucket } from "./throttle.ts";

export interface GatewayOptions {
  readonly stack: Stack;
  /** The name or address it is reached by, if it is another than this machine's own. */
  readonly host?: string;
  readonly invoker: Invoker;
  readonly logs: LogStore;
  readonly credentials: Credentials;
  readonly clock?: Clock;
  readonly limits?: Partial<GatewayLimits>;
  readonly chaos?: Chaos;
  /** Takes what went wrong in the gateway itself, a few lines for people; without it they are warnings of the process. */
  readonly print?: (lines: string) => void;
}

export class Gateway {
  readonly #parts: GatewayParts;
  readonly #stageParts: Omit<StageParts, "stack">;
  readonly #webSockets: WebSocketServer;
  /** Handshakes and connections, the latter until their `$disconnect` has run: what closing waits for. */
  readonly #underWay = new Set<Promise<void>>();
  #closed: Promise<void> | undefined;

  constructor(options: GatewayOptions) {
    const { stack, invoker, logs, credentials, clock = systemClock, chaos = new Chaos() } = options;
    const { print = (lines: string) => process.emitWarning(lines) } = options;
    const limits = { ...defaultLimits, ...options.limits };
    this.#stageParts = { invoker, logs, clock, limits, credentials, apiKeyUsage: new ApiKeyUsage(clock) };
    const stages = new ServedStages(this.#serve(stack), stack.domains);
    this.#parts = {
      stages,
      isOwnName: (host) => hostName(host) === options.host?.toLowerCase() || stages.isCustomDomain(host),
      connections: new Connections(),
      requests: new RequestClock(clock),
      limits,
      clock,
      credentials,
      region: stack.region,
      chaos,
      accountBucket: tokenBucket(limits.account, clock),
      newConnectionsBucket: tokenBucket(limits.newConnections, clock),
      report: (what, error) => print(describeFailure(what, error)),
    };
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
    });
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#parts.connections.size;
  }

  /** Serves the stack as it is now. Connections stay open, unless their stage is no more. */
  replace(stack: Stack): void {
    const { stages, connections } = this.#parts;
    stages.replace(this.#serve(stack), stack.domains);
    for (const connection of connections) {
      if (!stages.has(connection.facts.stage)) connection.close(goingAway);
    }
  }

  #serve(stack: Stack): ServedStage[] {
    const parts = { ...this.#stageParts, stack };
    return stack.apis.flatMap((api) => api.stages.map((stage) => serveStage(api, stage, parts)));
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    server.on("request", (request, response) => this.#onRequest(request, response));
  }

  /** Closes every connection and lets the `$disconnect` handlers run, for a bounded time. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    const { connections, clock, limits } = this.#parts;
    for (const connection of connections) connection.close(goingAway);
    let cancel = (): void => {};
    const timeIsUp = new Promise<void>((resolve) => {
      cancel = clock.setTimer(limits.shutdownMs, resolve);
    });
    await Promise.race([this.#settled(), timeIsUp]);
    cancel();
    for (const connection of connections) connection.cut();
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#closed !== undefined) {
      answerSocket(socket, { status: 503, message: "The local stack is being stopped" });
      return;
    }
    this.#track(
      "a handshake",
      handleUpgrade(request, socket, head, {
        ...this.#parts,
        server: this.#webSockets,
        onOpen: (facts, webSocket, open) => this.#onOpen(facts, webSocket, open),
      }),
    );
  }

  #onOpen(facts: ConnectionFacts, webSocket: WebSocket, socket: Duplex): void {
    const { limits, clock, connections, report } = this.#parts;
    this.#track(
      `the end of ${facts.id}`,
      new Promise((resolve) => {
        const onText = (from: Connection, text: string): void => {
          handleMessage(from, text, this.#parts).catch((error) => report(`a message of ${facts.id}`, error));
        };
        const onClosed = (closed: Connection, cause: CloseCause): void => resolve(this.#onClosed(closed, cause));
        const connection = new Connection(facts, webSocket, socket, { limits, clock, events: { onText, onClosed } });
        connections.add(connection);
        // Its handler had still been running when the others were closed.
        if (this.#closed !== undefined) connection.close(goingAway);
      }),
    );
  }

  async #onClosed(connection: Connection, cause: CloseCause): Promise<void> {
    this.#parts.connections.remove(connection);
    await runDisconnect(connection.facts, cause, this.#parts);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch((error: unknown) => {
      this.#parts.report(`${request.method} ${request.url}`, error);
      request.resume();
      if (response.headersSent) response.destroy();
      else answerRequest(response, internalError);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { stages, isOwnName } = this.#parts;
    const problem = foreignRequest(request, isOwnName);
    const target = stages.find(request);
    if (!problem && target?.kind === "connection") {
      return await handleManagement(request, response, target, this.#parts);
    }
    request.resume();
    answerRequest(response, problem ?? answerWithoutUpgrade(request.method, target));
  }

  /** What its own handling did not catch must not end the process either. */
  #track(what: string, work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#parts.report(what, error))
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }

  /** Until nothing is under way: what is under way may start more. */
  async #settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
