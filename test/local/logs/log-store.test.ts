import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type LogRecord, openLogStore } from "#local/logs/log-store.ts";

describe("log store", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "logs-"));
  });

  afterEach(() => rm(directory, { recursive: true }));

  const record = (message: string, group = "/aws/lambda/chat-dev-message"): LogRecord => ({
    group,
    stream: "2026/01/01/[$LATEST]abc",
    timestamp: 1_767_225_600_000,
    message,
  });
  const linesOf = async (file: string): Promise<LogRecord[]> =>
    (await readFile(join(directory, file), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));

  it("keeps one JSON object a line, in the order of the calls", async () => {
    const store = openLogStore({ directory });
    const messages = Array.from({ length: 2000 }, (_, at) => `line ${at}\nof two`);
    for (const message of messages) store.write(record(message));
    await store.close();
    const lines = await linesOf("aws.lambda.chat-dev-message.jsonl");
    expect(lines.map(({ message }) => message)).to.deep.equal(messages);
    expect(lines[0]).to.deep.equal(record("line 0\nof two"));
  });

  it("appends to what an earlier start wrote", async () => {
    for (const message of ["first", "second"]) {
      const store = openLogStore({ directory });
      store.write(record(message));
      await store.close();
    }
    const lines = await linesOf("aws.lambda.chat-dev-message.jsonl");
    expect(lines.map(({ message }) => message)).to.deep.equal(["first", "second"]);
  });

  it("has a file for each group", async () => {
    const store = openLogStore({ directory });
    store.write(record("one", "/a/one"));
    store.write(record("two", "/a/two"));
    await store.close();
    expect((await readdir(directory)).sort()).to.deep.equal(["a.one.jsonl", "a.two.jsonl"]);
  });

  it("prints each record, and keeps nothing without a directory", async () => {
    const printed: LogRecord[] = [];
    const store = openLogStore({ print: (one) => printed.push(one) });
    store.write(record("seen"));
    await store.close();
    expect(printed).to.deep.equal([record("seen")]);
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it("drops what comes after close", async () => {
    const printed: LogRecord[] = [];
    const store = openLogStore({ directory, print: (one) => printed.push(one) });
    await store.close();
    store.write(record("late"));
    expect(printed).to.deep.equal([]);
    expect(await readdir(directory)).to.deep.equal([]);
  });
});
