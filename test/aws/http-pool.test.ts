import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect } from "chai";
import type { HttpAnswer } from "#aws/http/http-answer.ts";
import { HttpPool, type HttpPoolSettings } from "#aws/http/http-pool.ts";
import { root } from "#scripts/root.ts";
import { ManualTiming } from "./support/manual-timing.ts";
import { OK, type Received, runScripted, type ScriptedServer } from "./support/scripted-server.ts";

const BODY = Buffer.from("häßlich");
const HEAD = `POST /dev/x HTTP/1.1\r\nhost: here\r\ncontent-length: ${BODY.length}\r\n\r\n`;
const TIMEOUT_MS = 3_000;

describe("the connection pool", () => {
  let server: ScriptedServer;
  let pool: HttpPool;
  let timing: ManualTiming;
  const start = async (
    answer: (request: Received, count: number) => string | undefined,
    changes: Partial<HttpPoolSettings> = {},
  ) => {
    timing = new ManualTiming();
    server = await runScripted(answer);
    pool = new HttpPool({ origin: server.origin, sockets: 2, idleMs: 20_000, timing, ...changes });
  };
  const post = (): Promise<HttpAnswer> => pool.request(HEAD, BODY, TIMEOUT_MS);
  const failureOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => expect.fail("it should have failed"),
      (error: Error) => error.message,
    );
  /** So that a close at the server has been noticed here. */
  const emptied = async () => {
    while (pool.size > 0) await new Promise((resolve) => setImmediate(resolve));
  };

  afterEach(async () => {
    pool.close();
    await server.close();
  });

  it("sends head and body as they are, and uses one socket again and again", async () => {
    await start(() => OK);
    for (let count = 0; count < 5; count++) expect((await post()).status).to.equal(200);
    expect(server.accepted).to.equal(1);
    expect(server.requests.map(({ head, body }) => `${head}\r\n\r\n${body}`)).to.deep.equal(Array(5).fill(HEAD + BODY));
    expect(timing.pending).to.deep.equal([]);
  });

  it("opens no more sockets than it may, and lets the others wait their turn", async () => {
    await start(() => undefined);
    const posts = [post(), post(), post(), post()];
    await server.received(2);
    expect(pool.size).to.equal(2);
    for (let count = 1; count <= 4; count++) (await server.received(count)).socket.write(OK);
    await Promise.all(posts);
    expect(server.accepted).to.equal(2);
  });

  it("opens a new socket after an answer with Connection: close", async () => {
    await start(() => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    await Promise.all([post(), post(), post(), post(), post()]);
    expect(server.accepted).to.equal(5);
  });

  it("opens a new socket when the server has closed the idle one", async () => {
    await start(() => OK);
    await post();
    (await server.received(1)).socket.end();
    await emptied();
    await post();
    expect(server.accepted).to.equal(2);
  });

  it("sends again, on a new socket, what met a server that was just closing", async () => {
    await start(({ socket, socketNumber }, count) => {
      if (count !== 2) return OK;
      expect(socketNumber).to.equal(0);
      socket.destroy();
      return undefined;
    });
    await post();
    expect((await post()).status).to.equal(200);
    expect(server.requests.map(({ socketNumber }) => socketNumber)).to.deep.equal([0, 0, 1]);
  });

  it("sends nothing again of which an answer had begun", async () => {
    await start(({ socket }, count) => {
      if (count === 1) return OK;
      socket.end("HTTP/1.1 200 OK\r\nConte");
      return undefined;
    });
    await post();
    expect(await failureOf(post())).to.equal(`${server.origin.origin}: the server closed the connection`);
    expect(server.requests).to.have.length(2);
  });

  it("sends nothing again that a new socket did not bring through", async () => {
    await start(({ socket }) => void socket.destroy());
    expect(await failureOf(post())).to.match(/closed|ECONNRESET/);
    expect(server.requests).to.have.length(1);
  });

  it("sends the same request twice at most", async () => {
    await start(({ socket }, count) => (count === 1 ? OK : void socket.destroy()));
    await post();
    await failureOf(post());
    expect(server.requests).to.have.length(3);
  });

  it("takes an answer that ends with the connection", async () => {
    await start(({ socket }) => void socket.end("HTTP/1.1 503 Slow\r\n\r\nlater"));
    expect(await post()).to.include({ status: 503, body: "later" });
    await emptied();
  });

  it("gives a request up when its time is over, and its socket with it", async () => {
    await start((_, count) => (count === 1 ? undefined : OK), { sockets: 1 });
    const slow = failureOf(post());
    const { socket } = await server.received(1);
    timing.move(TIMEOUT_MS);
    expect(await slow).to.equal(`${server.origin.origin}: no answer within 3000 ms`);
    await once(socket, "close");
    expect((await post()).status).to.equal(200);
    expect(server.accepted).to.equal(2);
  });

  it("counts the time that a request waits for a socket", async () => {
    await start(() => undefined, { sockets: 1 });
    const posts = [failureOf(post())];
    await server.received(1);
    timing.move(TIMEOUT_MS - 1);
    posts.push(failureOf(pool.request(HEAD, BODY, 1)));
    timing.move(1);
    expect(await Promise.all(posts)).to.deep.equal([
      `${server.origin.origin}: no answer within 3000 ms`,
      `${server.origin.origin}: no answer within 1 ms`,
    ]);
    expect(server.requests).to.have.length(1);
  });

  it("does not use a socket that rested too long", async () => {
    await start(() => OK);
    await post();
    timing.move(20_001);
    await post();
    expect(server.accepted).to.equal(2);
  });

  it("closes a socket on which the server speaks unasked", async () => {
    await start(() => OK);
    await post();
    (await server.received(1)).socket.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    await emptied();
    expect((await post()).status).to.equal(200);
  });

  it("fails when nobody listens, and says where", async () => {
    await start(() => OK);
    await server.close();
    expect(await failureOf(post())).to.match(/^http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    expect(pool.size).to.equal(0);
    server = await runScripted(() => OK);
  });

  it("says so too when a name has several addresses and none answers", async () => {
    await start(() => OK);
    await server.close();
    const origin = new URL(`http://localhost:${server.origin.port}`);
    const other = new HttpPool({ origin, sockets: 1, idleMs: 1_000, timing });
    expect(await failureOf(other.request(HEAD, BODY, TIMEOUT_MS))).to.match(/^http:\/\/localhost:\d+: .*ECONNREFUSED/);
    server = await runScripted(() => OK);
  });

  it("answers or fails every one of many requests to a server in a bad mood", async () => {
    const moods: ((request: Received) => string | undefined)[] = [
      () => OK,
      () => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      () => "HTTP/1.1 429 Slow\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
      ({ socket }) => void socket.destroy(),
      () => OK,
      ({ socket }) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut"),
      ({ socket }) => void socket.end("HTTP/1.1 200 OK\r\n\r\nall"),
      () => "nonsense\r\n\r\n",
      () => OK + OK,
    ];
    await start((request, count) => moods[count % moods.length]?.(request), { sockets: 7 });
    const posts = await Promise.allSettled(Array.from({ length: 900 }, post));
    const answered = posts.filter(({ status }) => status === "fulfilled").length;
    expect(answered).to.be.within(600, 899);
    expect(pool.size).to.be.at.most(7);
    expect(timing.pending).to.deep.equal([]);
    expect(server.requests.length).to.be.within(900, 1_100);
  });

  it("ends what is under way when it is closed", async () => {
    await start(() => undefined, { sockets: 1 });
    const posts = [failureOf(post()), failureOf(post())];
    await server.received(1);
    pool.close();
    for (const message of await Promise.all(posts)) expect(message).to.contain("the pool was closed");
    expect(await failureOf(post())).to.contain("closed");
    expect(pool.size).to.equal(0);
    expect(timing.pending).to.deep.equal([]);
  });
});

describe("the connection pool over TLS", () => {
  const fixture = (name: string) => readFileSync(path.join(root, "test", "fixtures", "tls", name), "utf8");
  const cert = fixture("localhost.crt");

  it("trusts whom it is told to, and resumes the session on further sockets", async () => {
    const resumed: boolean[] = [];
    const server = createServer({ key: fixture("localhost.key"), cert }, (request, response) => {
      resumed.push((request.socket as import("node:tls").TLSSocket).isSessionReused());
      request.resume().on("end", () => response.writeHead(200, { connection: "close", "content-length": 0 }).end());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = new URL(`https://localhost:${(server.address() as AddressInfo).port}`);
    const settings = { origin, sockets: 1, idleMs: 1_000, timing: new ManualTiming() };
    const trusting = new HttpPool({ ...settings, ca: cert });
    for (let count = 0; count < 3; count++) expect((await trusting.request(HEAD, BODY, 3_000)).status).to.equal(200);
    expect(resumed[0]).to.equal(false);
    expect(resumed.slice(1)).to.include(true);
    const other = new HttpPool(settings);
    const failure = await other.request(HEAD, BODY, 3_000).then(String, (error: Error) => error.message);
    expect(failure).to.match(/self.signed certificate/);
    expect(resumed).to.have.length(3);
    trusting.close();
    server.close();
    await once(server, "close");
  });
});
