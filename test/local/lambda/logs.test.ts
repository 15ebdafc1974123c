import { expect } from "chai";
import { type RunningLambda, runLambda } from "../support/running-lambda.ts";

const group = "/aws/lambda/f";
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const json = (levels: { applicationLevel?: string; systemLevel?: string } = {}) => ({
  logging: { group, format: "JSON" as const, ...levels },
});

describe("function logs", () => {
  let running: RunningLambda;
  afterEach(() => running.close());

  describe("as text", () => {
    it("have START, the lines of the function, END and REPORT", async () => {
      running = await runLambda("export const handler = async () => { console.warn('a %s', 'b', { c: 1 }); };");
      const { requestId } = await running.invoke();
      const [start, line = "", end, report] = running.lines();
      expect(start).to.equal(`START RequestId: ${requestId} Version: $LATEST`);
      const [time, ...rest] = line.split("\t");
      expect(time).to.match(isoTime);
      expect(rest).to.deep.equal([requestId, "WARN", "a b { c: 1 }"]);
      expect(end).to.equal(`END RequestId: ${requestId}`);
      expect(report).to.match(
        /^REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t$/,
      );
    });

    it("have the init duration only of a worker's first invocation", async () => {
      running = await runLambda("export const handler = async () => {};");
      await running.invoke();
      await running.invoke();
      const reports = running.lines().filter((line) => line.startsWith("REPORT"));
      expect(reports.map((line) => line.includes("Init Duration"))).to.deep.equal([true, false]);
    });

    it("have the error of a handler that throws", async () => {
      running = await runLambda("export const handler = async () => { throw new RangeError('too far'); };");
      const { requestId } = await running.invoke();
      const line = running.lines().find((one) => one.includes("Invoke Error")) ?? "";
      expect(line.split("\t").slice(1, 4)).to.deep.equal([requestId, "ERROR", "Invoke Error "]);
      expect(JSON.parse(line.split("\t")[4] ?? "")).to.include({ errorType: "RangeError", errorMessage: "too far" });
    });

    it("have what is written to stdout and stderr as it is", async () => {
      running = await runLambda(
        "export const handler = async () => { process.stdout.write('{\"_aws\":1}\\n'); process.stderr.write('no end'); process.exit(0); };",
      );
      await running.invoke();
      expect(await running.logs.seen(group, /_aws/)).to.equal('{"_aws":1}');
    });
  });

  describe("as JSON", () => {
    it("keep an object an object", async () => {
      running = await runLambda("export const handler = async () => { console.info({ a: { b: 1 } }); };", json());
      const { requestId } = await running.invoke();
      const record = JSON.parse(running.lines()[1] ?? "");
      expect(record).to.have.all.keys("timestamp", "level", "requestId", "message");
      expect(record).to.deep.include({ level: "INFO", requestId, message: { a: { b: 1 } } });
      expect(record.timestamp).to.match(isoTime);
    });

    it("format several values as one text, and add the error among them", async () => {
      running = await runLambda(
        "export const handler = async () => { console.error('no %d', 1, new TypeError('x')); };",
        json(),
      );
      await running.invoke();
      const record = JSON.parse(running.lines()[1] ?? "");
      expect(record).to.include({ level: "ERROR", errorType: "TypeError", errorMessage: "x" });
      expect(record.message).to.match(/^no 1 TypeError: x/);
      expect(record.stackTrace).to.be.an("array");
    });

    it("have platform.start and platform.report", async () => {
      running = await runLambda("export const handler = async () => {};", json());
      const { requestId } = await running.invoke();
      const [start, report] = running.lines().map((line) => JSON.parse(line));
      expect(start).to.deep.include({ type: "platform.start", record: { requestId, version: "$LATEST" } });
      expect(report.type).to.equal("platform.report");
      expect(report.record).to.include({ requestId, status: "success" });
      expect(report.record.metrics).to.have.all.keys(
        ...["durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs"],
      );
    });

    it("measure the initialisation from its own beginning", async () => {
      const startedAt = performance.now();
      running = await runLambda("export const handler = async () => {};", json());
      await running.invoke();
      const { initDurationMs } = JSON.parse(running.lines().at(-1) ?? "").record.metrics;
      expect(initDurationMs).to.be.within(1, performance.now() - startedAt);
    });

    it("leave out what is written past the console without a level, or with one below the function's", async () => {
      const lines = ['{"_aws":1}', '{"_aws":2,"level":"WARN"}', '{"_aws":3,"level":"info"}', "{no JSON", "text"];
      running = await runLambda(
        `export const handler = async () => { process.stdout.write(${JSON.stringify(`${lines.join("\n")}\n`)}); process.exit(0); };`,
        json({ applicationLevel: "WARN", systemLevel: "WARN" }),
      );
      await running.invoke();
      await running.logs.seen(group, /^text$/);
      const raw = running.lines().filter((line) => lines.includes(line));
      expect(raw).to.deep.equal([lines[1], lines[3], lines[4]]);
    });

    it("leave out what is below the function's levels", async () => {
      running = await runLambda(
        "export const handler = async (e) => { console.info('i'); console.warn('w'); if (e.bad) throw new Error('x'); };",
        json({ applicationLevel: "WARN", systemLevel: "WARN" }),
      );
      await running.invoke();
      expect(running.lines().map((line) => JSON.parse(line).message)).to.deep.equal(["w"]);
      await running.invoke({ bad: true });
      const report = JSON.parse(running.lines().at(-1) ?? "");
      expect(report.record).to.include({ status: "error", errorType: "Error" });
    });
  });
});
