// `stages/prod.json` on this machine: its functions log from WARN on, and still what the docs promise and the saved queries ask for.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { QUERIES } from "#infra/saved-queries.ts";
import { connectClient, refusedHandshake } from "#test/local/support/test-client.ts";
import { startProduct } from "./running-product.ts";

type Record = Readonly<{ [field: string]: unknown }>;

/** Of a query's filters, in JavaScript; they have `=`, `and`, `or`, `ispresent` and `coalesce`. */
function filterOf(query: readonly string[]): (record: Record) => boolean {
  const filters = query.filter((line) => line.startsWith("filter ")).map((line) => line.slice("filter ".length));
  const terms = filters.map((filter) =>
    filter.replace(/'[^']*'|[\w.]+|=/g, (token) => {
      if (token.startsWith("'") || token === "coalesce" || token === "ispresent") return token;
      return { and: "&&", or: "||", "=": "===" }[token] ?? `field("${token}")`;
    }),
  );
  const holds = new Function("field", "coalesce", "ispresent", `return ${terms.map((term) => `(${term})`).join("&&")}`);
  return (record) =>
    holds(
      (at: string) => at.split(".").reduce<unknown>((value, key) => Object(value)[key], record),
      (...values: unknown[]) => values.find((value) => value !== undefined),
      (value: unknown) => value !== undefined,
    );
}

describe("a stage that logs from WARN on", function () {
  this.timeout(60_000);
  /** Of all functions. */
  const records: Record[] = [];
  let connectionId: string;

  before(async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), "websocket-api-quiet-"));
    const product = await startProduct(["--stage", "prod", "--data-dir", dataDir]);
    const issuer = product.lines.map((line) => /^issuer\s+(http:\S+)/.exec(line)?.[1]).find(Boolean) ?? "";
    const body = new URLSearchParams({ user: "ann" });
    const { id_token } = (await (await fetch(`${issuer}/token`, { method: "POST", body })).json()) as {
      id_token: string;
    };
    const url = `${product.webSocketUrl}?dialect=native`;
    expect(await refusedHandshake(url)).to.include({ status: 403 });
    const [ann, bob] = [await connectClient(url, ["bearer", id_token]), await connectClient(url, ["bearer", id_token])];
    const ask = async (client: typeof ann, frame: object) => {
      client.send(frame);
      for (;;) {
        const answer = JSON.parse(await client.next());
        if (answer.type === "ack" || answer.type === "error") return answer;
      }
    };
    connectionId = (await ask(ann, { action: "whoami" })).connectionId;
    for (const client of [ann, bob]) await ask(client, { action: "joinRoom", room: "tea" });
    await ask(ann, { action: "sendMessage", to: { room: "tea" }, content: "hello" });
    await ask(ann, { action: "members", room: "elsewhere", requestId: "asked-1" });
    await Promise.all([ann.close(), bob.close()]);
    await product.stop();

    const logs = path.join(dataDir, "logs");
    for (const file of (await readdir(logs)).filter((name) => name.startsWith("aws.lambda."))) {
      for (const line of (await readFile(path.join(logs, file), "utf8")).trim().split("\n")) {
        records.push(JSON.parse(JSON.parse(line).message));
      }
    }
    await rm(dataDir, { recursive: true, force: true });
  });

  it("tells who was refused, and why, and not who was not", () => {
    const told = records.map(({ message }) => String(Object(message).event));
    expect(told).to.include("handshake refused").and.include("refused");
    expect(told).not.to.include("connected").and.not.to.include("disconnected");
    expect(records.some(({ level }) => level === "INFO")).to.equal(false);
  });

  for (const [name, { logs, query }] of Object.entries(QUERIES)) {
    if (logs === "access") continue;
    it(`has what the query ${name} reads`, () => {
      const holds = filterOf(
        query.map((line) =>
          line.replaceAll("PASTE-CONNECTION-ID", connectionId).replaceAll("PASTE-MESSAGE-ID", "asked-1"),
        ),
      );
      expect(records.some(holds), query.join("\n")).to.equal(true);
    });
  }
});
