import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Credentials } from "#local/iam/credentials.ts";
import { MovedClock } from "../support/moved-clock.ts";
import { payloadOf, type RunningLambda, runLambda } from "../support/running-lambda.ts";
import { buildRole } from "../support/stack-builder.ts";

describe("invoke", () => {
  let running: RunningLambda;
  const run = async (...args: Parameters<typeof runLambda>): Promise<RunningLambda> => {
    running = await runLambda(...args);
    return running;
  };
  afterEach(() => running.close());

  it("hands over the event and brings back the result", async () => {
    const { invoke } = await run("export const handler = async (event) => ({ got: event });");
    expect(payloadOf(await invoke({ a: [1, "ü"] }))).to.deep.equal({ got: { a: [1, "ü"] } });
  });

  it("brings back null for undefined", async () => {
    const { invoke } = await run("export const handler = async () => {};");
    expect(await invoke()).to.include({ kind: "success", payload: "null" });
  });

  it("initialises a worker once and reuses it", async () => {
    const { invoke } = await run("let n = 0; export const handler = async () => ++n;");
    expect([payloadOf(await invoke()), payloadOf(await invoke()), payloadOf(await invoke())]).to.deep.equal([1, 2, 3]);
  });

  it("runs one invocation at a time in a worker, and several workers at once", async () => {
    const { invoke } = await run(
      `let running = 0;
       export const handler = async () => {
         if (running++ > 0) throw new Error("two at once");
         await new Promise((resolve) => setTimeout(resolve, 20));
         running--;
       };`,
      {},
      { limits: { eagerWorkers: 2, maxWorkers: 4, growAfterMs: 1 } },
    );
    const results = await Promise.all(Array.from({ length: 12 }, () => invoke()));
    expect(results.map(({ kind }) => kind)).to.deep.equal(Array(12).fill("success"));
  });

  it("gives the context Lambda gives", async () => {
    const { invoke } = await run(`export const handler = async (event, context) => ({
      ...context, left: context.getRemainingTimeInMillis() });`);
    const result = await invoke();
    expect(payloadOf(result)).to.deep.include({
      awsRequestId: result.requestId,
      functionName: "f",
      functionVersion: "$LATEST",
      memoryLimitInMB: "128",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:000000000000:function:f",
      logGroupName: "/aws/lambda/f",
    });
    expect((payloadOf(result) as { left: number }).left).to.be.within(1, 3000);
  });

  it("gives exactly the environment of Lambda, the function's own settings and its role's keys", async () => {
    process.env.OF_THE_DEVELOPER = "secret";
    const { invoke } = await run(
      "export const handler = async () => ({ ...process.env });",
      { environment: { TABLE: "t", AWS_ENDPOINT_URL_DYNAMODB: "http://own" }, role: buildRole("r") },
      {
        endpoints: { dynamodb: "http://127.0.0.1:8000", managementApi: "http://127.0.0.1:3001/dev" },
        credentials: new Credentials(),
      },
    );
    delete process.env.OF_THE_DEVELOPER;
    const environment = payloadOf(await invoke()) as Record<string, string>;
    expect(environment).to.have.all.keys([
      ...["TABLE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"],
      ...["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"],
      ...[
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "LAMBDA_TASK_ROOT",
        "AWS_EXECUTION_ENV",
        "_HANDLER",
        "TZ",
        "PATH",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
      ],
      ...["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"],
    ]);
    expect(environment).to.include({
      AWS_REGION: "eu-central-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_ENDPOINT_URL_DYNAMODB: "http://own",
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: "http://127.0.0.1:3001/dev",
    });
    expect(environment.AWS_ACCESS_KEY_ID).to.match(/^ASIA[A-Z0-9]{16}$/);
  });

  it("tells the function by which alias or version it was asked for", async () => {
    const { service } = await run("export const handler = async (event, context) => context.invokedFunctionArn;");
    const asked = await Promise.all([undefined, "live", "7"].map((name) => service.invoke("f", "{}", name)));
    const arn = "arn:aws:lambda:eu-central-1:000000000000:function:f";
    expect(asked.map(payloadOf)).to.deep.equal([arn, `${arn}:live`, `${arn}:7`]);
  });

  describe("errors", () => {
    it("are answered with type and message, and the worker goes on", async () => {
      const { invoke } = await run(`let n = 0; class Refused extends Error { name = "Refused"; }
        export const handler = async () => { if (++n === 1) throw new Refused("no"); return n; };`);
      expect(await invoke()).to.include({ kind: "function-error", errorType: "Refused", errorMessage: "no" });
      expect(payloadOf(await invoke())).to.equal(2);
    });

    it("of a result that is no JSON are answered", async () => {
      const { invoke } = await run("export const handler = async () => { const a = {}; a.a = a; return a; };");
      expect(await invoke()).to.include({ kind: "function-error", errorMessage: "Unable to stringify response body" });
    });

    it("of a result above 6 MB are answered", async () => {
      const { invoke } = await run("export const handler = async () => 'x'.repeat(7_000_000);");
      expect(await invoke()).to.include({ kind: "function-error", errorType: "Function.ResponseSizeTooLarge" });
    });

    it("of a promise nobody waits for end the worker, and the next call gets a new one", async () => {
      const { invoke } = await run(`let n = 0; export const handler = (event) => {
        if (event.bad) { Promise.reject(new Error("lost")); return new Promise(() => {}); } return ++n; };`);
      expect(payloadOf(await invoke())).to.equal(1);
      expect(await invoke({ bad: true })).to.include({
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: "lost",
      });
      expect(payloadOf(await invoke())).to.equal(1);
    });

    it("of process.exit are answered as Runtime.ExitError", async () => {
      const { invoke } = await run("export const handler = (event) => event.bad ? process.exit(3) : 'fine';");
      expect(await invoke({ bad: true })).to.include({
        errorType: "Runtime.ExitError",
        errorMessage: "Runtime exited with error: exit status 3",
      });
      expect(payloadOf(await invoke())).to.equal("fine");
    });

    it("of a heap above the function's memory are answered, and others untouched", async function () {
      this.timeout(20_000);
      const { invoke, logs } = await run(
        `export const handler = async (event) => { const all = []; while (event.bad) all.push(new Array(100_000).fill(event)); return "fine"; };`,
        { timeoutSeconds: 20 },
        { limits: { eagerWorkers: 2 } },
      );
      const [bad, good] = await Promise.all([invoke({ bad: true }), invoke()]);
      expect(bad).to.include({ errorType: "Runtime.ExitError" });
      expect(payloadOf(good)).to.equal("fine");
      expect(await logs.seen("/aws/lambda/f", /signal: killed/)).to.include("128 MB");
    });
  });

  it("ends a function whose buffers are larger than its memory, and the next call gets a new worker", async () => {
    const { invoke, lines } = await run(
      `export const handler = async (event) => { const all = [];
        while (event.bad) { all.push(Buffer.alloc(20_000_000, 1)); await new Promise((resolve) => setTimeout(resolve, 10)); }
        return "fine"; };`,
      { timeoutSeconds: 20 },
    );
    const bad = await invoke({ bad: true });
    expect(bad).to.include({ errorType: "Runtime.ExitError" });
    expect((bad as { errorMessage: string }).errorMessage).to.match(/signal: killed \(\d+ MB were more than .* 128 MB/);
    expect(payloadOf(await invoke())).to.equal("fine");
    expect(lines().some((line) => /Max Memory Used: (1[3-9]\d|[2-9]\d\d) MB/.test(line))).to.equal(true);
  });

  describe("timeout", () => {
    it("ends a handler that never answers", async () => {
      const clock = new MovedClock();
      const { invoke, logs } = await run("export const handler = () => new Promise(() => {});", {}, { clock });
      const result = invoke();
      await logs.seen("/aws/lambda/f", /^START/);
      clock.move(3_000);
      const answer = await result;
      expect(answer).to.include({
        errorType: "Sandbox.Timedout",
        errorMessage: `RequestId: ${answer.requestId} Error: Task timed out after 3.00 seconds`,
      });
      expect(await logs.seen("/aws/lambda/f", /Task timed out/)).to.match(
        /^\S+Z \S+ Task timed out after 3.00 seconds$/,
      );
    });

    it("ends an endless loop, and other workers go on", async () => {
      const { invoke } = await run(
        "export const handler = (event) => { while (event.loop); return 'fine'; };",
        { timeoutSeconds: 1 },
        { limits: { eagerWorkers: 2 } },
      );
      const [looping, fine] = await Promise.all([invoke({ loop: true }), invoke()]);
      expect(looping).to.include({ errorType: "Sandbox.Timedout" });
      expect(payloadOf(fine)).to.equal("fine");
      expect(payloadOf(await invoke())).to.equal("fine");
    });
  });

  describe("concurrency", () => {
    it("above the reserved is throttled", async () => {
      const { invoke } = await run("export const handler = () => new Promise((resolve) => setTimeout(resolve, 50));", {
        reservedConcurrency: 2,
      });
      const kinds = await Promise.all([invoke(), invoke(), invoke()]).then((all) => all.map(({ kind }) => kind));
      expect(kinds).to.deep.equal(["success", "success", "throttled"]);
      expect((await invoke()).kind).to.equal("success");
    });

    it("above the account's is throttled", async () => {
      const { invoke } = await run("export const handler = async () => 1;", {}, { limits: { accountConcurrency: 1 } });
      const [first, second] = await Promise.all([invoke(), invoke()]);
      expect(first.kind).to.equal("success");
      expect(second).to.include({ kind: "throttled", reason: "ConcurrentInvocationLimitExceeded" });
    });

    it("grows to as many as wait for one another", async function () {
      this.timeout(60_000);
      const count = 24;
      const waiting: ServerResponse[] = [];
      const meeting = createServer((_, response) => {
        if (waiting.push(response) === count) for (const one of waiting) one.end("all here");
      });
      await once(meeting.listen(0, "127.0.0.1"), "listening");
      const { port } = meeting.address() as AddressInfo;
      const { invoke } = await run(
        `export const handler = async () => (await fetch("http://127.0.0.1:${port}")).text();`,
        { timeoutSeconds: 50 },
      );
      const answers = await Promise.all(Array.from({ length: count }, () => invoke()));
      meeting.close();
      expect(new Set(answers.map(payloadOf))).to.deep.equal(new Set(["all here"]));
    });

    it("grows when every worker is busy: slow invocations do not starve quick ones", async () => {
      const { invoke } = await run(
        "export const handler = (event) => event.slow ? new Promise((resolve) => setTimeout(resolve, 60_000)) : 'quick';",
        { timeoutSeconds: 900 },
        { limits: { eagerWorkers: 1, maxWorkers: 3, growAfterMs: 5 } },
      );
      const slow = [invoke({ slow: true }), invoke({ slow: true })];
      expect(payloadOf(await invoke())).to.equal("quick");
      await running.close();
      expect((await Promise.all(slow)).map(({ kind }) => kind)).to.deep.equal(["function-error", "function-error"]);
    });
  });

  it("answers invocations that wait when the stack is stopped", async () => {
    const { invoke, service } = await run(
      "export const handler = () => new Promise(() => {});",
      {},
      { limits: { eagerWorkers: 1, maxWorkers: 1 } },
    );
    const results = [invoke(), invoke()];
    await service.close();
    expect((await Promise.all(results)).map(({ kind }) => kind)).to.deep.equal(["function-error", "function-error"]);
  });
});
