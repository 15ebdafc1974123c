import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { WebSocketServer } from "ws";
import { root } from "#scripts/root.ts";
import { type SmokeOptions, smokeTest } from "#scripts/smoke-test.ts";

interface Frame {
  readonly action: string;
  readonly requestId: string;
}

/** A stage that answers pings with this, and what was asked of it. */
class FakeStage {
  readonly asked: string[] = [];
  readonly ended: Promise<number>;
  readonly #server: WebSocketServer;

  static async start(answer: (frame: Frame) => object | undefined): Promise<FakeStage> {
    const stage = new FakeStage(answer);
    await once(stage.#server, "listening");
    return stage;
  }

  private constructor(answer: (frame: Frame) => object | undefined) {
    this.#server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    this.ended = new Promise((resolve) => {
      this.#server.on("connection", (socket, request) => {
        this.asked.push(`connect ${request.url}`);
        socket.on("close", (code) => resolve(code));
        socket.on("message", (data) => {
          const frame: Frame = JSON.parse(String(data));
          this.asked.push(frame.action);
          socket.send("not JSON");
          socket.send(JSON.stringify({ type: "presence" }));
          const answered = answer(frame);
          if (answered === undefined) socket.close(1011);
          else socket.send(JSON.stringify({ requestId: frame.requestId, ...answered }));
        });
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/dev`;
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function failureOf(url: string, options?: SmokeOptions): Promise<string> {
  try {
    await smokeTest(url, options);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("the smoke test", () => {
  let stage: FakeStage | undefined;
  afterEach(() => stage?.stop());

  it("connects, pings, is answered and goes", async () => {
    stage = await FakeStage.start(() => ({ type: "ack" }));
    const { connectMs, pingMs } = await smokeTest(stage.url);
    expect(Math.min(connectMs, pingMs)).to.be.at.least(0);
    expect(stage.asked).to.deep.equal(["connect /dev?userId=smoke-test", "ping"]);
    expect(await stage.ended).to.equal(1000);
  });

  it("fails where nobody listens", async () => {
    stage = await FakeStage.start(() => ({}));
    const { url } = stage;
    await stage.stop();
    expect(await failureOf(url)).to.match(/^no connection: /);
  });

  it("fails for an error, and shows it", async () => {
    stage = await FakeStage.start(() => ({ type: "error", code: "internal" }));
    expect(await failureOf(stage.url)).to.match(/^a ping was answered with \{.*"code":"internal"/);
  });

  it("fails for a connection that is closed instead", async () => {
    stage = await FakeStage.start(() => undefined);
    expect(await failureOf(stage.url)).to.equal("the connection was closed with 1011 before the answer");
  });

  it("fails for silence, after its patience", async () => {
    stage = await FakeStage.start(() => ({ requestId: "another" }));
    expect(await failureOf(stage.url, { patienceMs: 50 })).to.equal("no answer within 50 ms");
  });

  it("ends when nobody waits for it any more", async () => {
    const patience = new AbortController();
    stage = await FakeStage.start(() => {
      patience.abort();
      return { requestId: "another" };
    });
    expect(await failureOf(stage.url, { signal: patience.signal })).to.match(/^the connection was closed with 1006/);
  });

  it("is a command, which ends with 0, 1 or 2", async () => {
    stage = await FakeStage.start(() => ({ type: "ack" }));
    const statusOf = async (...args: string[]) => {
      const child = spawn(process.execPath, ["--import", "tsx", "scripts/smoke.ts", ...args], { cwd: root });
      const [status] = await once(child, "exit");
      return status;
    };
    expect(await statusOf(stage.url)).to.equal(0);
    expect(await statusOf(stage.url.replace("127.0.0.1", "127.0.0.1.invalid"))).to.equal(1);
    expect(await statusOf("https://chat.test")).to.equal(2);
  });
});
