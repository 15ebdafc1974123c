// What goes wrong in the gateway itself costs one request its answer; it is printed, and nobody else notices.
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import type { Invoker } from "#local/lambda/invoker.ts";
import { FakeInvoker } from "../support/fake-invoker.ts";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { signHeaders } from "../support/sign-request.ts";
import { buildApi, buildFunction, buildRoute, buildStack, buildStage } from "../support/stack-builder.ts";
import { connectClient, refusedHandshake } from "../support/test-client.ts";

const stack = buildStack({
  functions: ["connect", "disconnect", "echo"].map((name) => buildFunction(name)),
  apis: [
    buildApi([buildStage([buildRoute("$connect"), buildRoute("$disconnect"), buildRoute("echo", { twoWay: true })])]),
  ],
});

/** Functions are called as long as they are not broken. */
class BreakableInvoker implements Invoker {
  readonly working = new FakeInvoker({ echo: () => ({ body: "echo" }) });
  broken: string | undefined;

  invoke(...[name, payload]: Parameters<Invoker["invoke"]>): ReturnType<Invoker["invoke"]> {
    if (name === this.broken) throw new Error(`${name} is broken`);
    return this.working.invoke(name, payload);
  }
}

describe("failures of the gateway", () => {
  let running: RunningGateway;
  let invoker: BreakableInvoker;
  let printed: string[];
  const start = async (credentials?: Credentials): Promise<void> => {
    invoker = new BreakableInvoker();
    printed = [];
    const print = (lines: string): number => printed.push(lines);
    running = await runGateway({ stack, invoker, print, ...(credentials && { credentials }) });
  };
  afterEach(() => running.close());

  it("answer a message with the error frame, and the next one as ever", async () => {
    await start();
    const client = await connectClient(running.url);
    invoker.broken = "echo";
    client.send({ action: "echo" });
    expect(await client.next()).to.match(
      /^{"message": "Internal server error", "connectionId":"[^"]+", "requestId":"[^"]+"}$/,
    );
    expect(printed).to.have.length(1);
    expect(printed[0]).to.match(/^The local gateway failed to serve a message of .{16}, .*: Error: echo is broken\n/);
    invoker.broken = undefined;
    client.send({ action: "echo" });
    expect(await client.next()).to.equal("echo");
  });

  it("answer a handshake with 500, and the next one as ever", async () => {
    await start();
    invoker.broken = "connect";
    const { status, body } = await refusedHandshake(running.url);
    expect({ status, body }).to.deep.equal({ status: 500, body: '{"message":"Internal server error"}' });
    expect(printed[0]).to.include("a handshake").and.to.include("connect is broken");
    invoker.broken = undefined;
    await (await connectClient(running.url)).close();
  });

  it("at a close are printed, and the gateway serves on and ends in order", async () => {
    await start();
    const client = await connectClient(running.url);
    invoker.broken = "disconnect";
    await client.close();
    await running.gateway.close();
    expect(printed).to.have.length(1);
    expect(printed[0]).to.include("the end of").and.to.include("disconnect is broken");
  });

  it("answer an @connections request with 500 in a form that the AWS SDK reads", async () => {
    class BrokenCredentials extends Credentials {
      override find(): never {
        throw new Error("no keys");
      }
    }
    await start(new BrokenCredentials());
    const url = `${running.managementUrl}/@connections/abc`;
    const headers = signHeaders({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" }, { url });
    const response = await fetch(url, { headers });
    expect(response.status).to.equal(500);
    expect(response.headers.get("x-amzn-ErrorType")).to.equal("InternalServerErrorException");
    expect(printed[0]).to.include("GET /dev/@connections/abc").and.to.include("no keys");
    await (await connectClient(running.url)).close();
  });
});
