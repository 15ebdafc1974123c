// moto, and in front of it what moto lacks, so that terraform finds again what it asked for. Each
// addition can go when moto has it (seen with moto 5.2).
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { BucketPolicies } from "./bucket-policies.ts";
import { ByTarget } from "./by-target.ts";
import { Deployments } from "./deployments.ts";
import { Distributions } from "./distributions.ts";
import { HeadersPolicies } from "./headers-policies.ts";
import { type Moto, startMoto } from "./moto.ts";

type Json = Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

interface OwnAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Fields of requests that moto forgets. */
const FORGOTTEN = { api: ["ipAddressType"], function: ["LoggingConfig", "KMSKeyArn"] } as const;

export class AwsSimulation {
  readonly #moto: Moto;
  readonly #server: http.Server;
  readonly #deployments = new Deployments();
  readonly #byTarget = new ByTarget();
  readonly #headersPolicies = new HeadersPolicies();
  readonly #bucketPolicies = new BucketPolicies();
  readonly #distributions = new Distributions();
  #refused: RegExp | undefined;
  /** By API id, or function name. */
  readonly #remembered = new Map<string, Json>();

  static async start(): Promise<AwsSimulation> {
    const simulation = new AwsSimulation(await startMoto());
    await new Promise<void>((resolve) => simulation.#server.listen(0, "127.0.0.1", resolve));
    return simulation;
  }

  private constructor(moto: Moto) {
    this.#moto = moto;
    this.#server = http.createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Denies the next attempt to create something at such a path. */
  refuseOnce(path: RegExp): void {
    this.#refused = path;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#moto.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await bytesOf(request);
      const path = new URL(request.url ?? "/", this.url).pathname;
      if (request.method === "POST" && this.#refused?.test(path)) {
        this.#refused = undefined;
        response.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end('{"message":"not today"}');
        return;
      }
      const own = this.#ownAnswer(request, body);
      if (own !== undefined) {
        response.writeHead(own.status, own.headers).end(own.body);
        return;
      }
      const answer = await this.#forward(request, body);
      const complete = answer.status < 300 ? this.#complete(path, body, answer.body) : answer.body;
      const { "transfer-encoding": _, ...headers } = answer.headers;
      response.writeHead(answer.status, { ...headers, "content-length": complete.length }).end(complete);
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  }

  /** Of what moto does not have, or has wrong. */
  #ownAnswer({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer): OwnAnswer | undefined {
    const at = new URL(url, this.url);
    const json =
      this.#byTarget.answer(String(headers["x-amz-target"]), body) ??
      this.#deployments.answer(method, at.pathname, body);
    if (json !== undefined)
      return { status: json.status, headers: { "content-type": "application/json" }, body: JSON.stringify(json.body) };
    return this.#headersPolicies.answer(method, at.pathname, body) ?? this.#bucketPolicies.answer(method, at, body);
  }

  #forward(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const { method, url, headers } = request;
    const options = { host: "127.0.0.1", port: this.#moto.port, method, path: url, headers };
    return new Promise((resolve, reject) => {
      const upstream = http.request(options, (answer) => {
        const { statusCode: status = 502, headers: answered } = answer;
        bytesOf(answer).then((bytes) => resolve({ status, headers: answered, body: bytes }), reject);
      });
      upstream.on("error", reject).end(body);
    });
  }

  /** Adds what moto left out of an answer. */
  #complete(path: string, asked: Buffer, answered: Buffer): Buffer {
    if (this.#distributions.isOne(path)) return this.#distributions.complete(asked, answered);
    const change = this.#changeFor(path, asked);
    if (change === undefined || answered.length === 0) return answered;
    return Buffer.from(JSON.stringify(change(JSON.parse(answered.toString()))));
  }

  #changeFor(path: string, asked: Buffer): ((answer: Json) => Json) | undefined {
    const request = parsed(asked);
    if (/^\/v2\/apis(\/[^/]+)?$/.test(path)) {
      const endpoint = (answer: Json) => ({ apiEndpoint: String(answer.apiEndpoint).replace(/^https/, "wss") });
      return (answer) => ({
        ...answer,
        ...this.#recall(String(answer.apiId), request, FORGOTTEN.api),
        ...endpoint(answer),
      });
    }
    const stage = /^\/v2\/apis\/([^/]+)\/stages(\/[^/]+)?$/.exec(path);
    if (stage !== null) return (answer) => this.#deployments.ofStage(stage[1] ?? "", answer, request);
    if (/^\/v2\/domainnames(\/[^/]+)?$/.test(path)) return available;
    if (path.startsWith("/2015-03-31/functions")) return (answer) => this.#completeFunction(answer, request);
    return undefined;
  }

  #completeFunction(answer: Json, request: Json): Json {
    const fill = (described: unknown): unknown => {
      const fn = described as Json;
      if (fn?.FunctionName === undefined) return described;
      return { ...fn, ...this.#recall(String(fn.FunctionName), request, FORGOTTEN.function) };
    };
    const versions = Array.isArray(answer.Versions) ? { Versions: answer.Versions.map(fill) } : {};
    const configuration = "Configuration" in answer ? { Configuration: fill(answer.Configuration) } : {};
    return { ...(fill(answer) as Json), ...versions, ...configuration };
  }

  #recall(id: string, request: Json, names: readonly string[]): Json {
    const told = names.filter((name) => name in request).map((name) => [name, request[name]]);
    const known = { ...this.#remembered.get(id), ...Object.fromEntries(told) };
    this.#remembered.set(id, known);
    return known;
  }
}

/** The provider waits for the domain to be there. */
function available({ mutualTlsAuthentication: _, ...answer }: Json): Json {
  const configurations = Object.values(answer.domainNameConfigurations ?? []);
  const state = { domainNameStatus: "AVAILABLE", apiGatewayDomainName: "d-1.execute-api.test", hostedZoneId: "Z2" };
  return { ...answer, domainNameConfigurations: configurations.map((each) => ({ ...Object(each), ...state })) };
}

async function bytesOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parsed(body: Buffer): Json {
  return body[0] === 0x7b ? JSON.parse(body.toString()) : {};
}
