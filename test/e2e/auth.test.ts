// `npm start -- --auth jwt`: the authorizer that is deployed, with an issuer on this machine, over real sockets – from the handshake to the
// end of an identity. Everything that the stack writes is searched for tokens.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { connectClient, refusedHandshake, type TestClient } from "#test/local/support/test-client.ts";
import { type RunningProduct, run, startProduct } from "./running-product.ts";
import { expectUnwritten, writtenBelow } from "./written.ts";

describe("npm start -- --auth jwt", function () {
  this.timeout(60_000);
  let product: RunningProduct;
  let issuer: string;
  let dataDir: string;
  let dynamodbPort: number;
  let clients: TestClient[] = [];
  const tokens: string[] = [];
  /** Every frame that anybody got. */
  const said: string[] = [];

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), "websocket-api-auth-"));
    dynamodbPort = await freePort();
    const options = ["--data-dir", dataDir, "--dynamodb-port", String(dynamodbPort)];
    product = await startProduct(["--auth", "jwt", ...options]);
    issuer = product.lines.map((line) => /^issuer\s+(http:\S+)/.exec(line)?.[1]).find(Boolean) ?? "";
  });
  after(async () => {
    expect(await product.stop()).to.equal(0);
    await rm(dataDir, { recursive: true, force: true });
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    clients = [];
  });

  const tokenFor = async (user: string, seconds = 600): Promise<string> => {
    const body = new URLSearchParams({ user, expires_in: String(seconds) });
    const answer = (await (await fetch(`${issuer}/token`, { method: "POST", body })).json()) as { id_token: string };
    tokens.push(answer.id_token);
    return answer.id_token;
  };
  const connect = async (user: string, query = "?dialect=native", seconds?: number) => {
    const client = await connectClient(`${product.webSocketUrl}${query}`, ["bearer", await tokenFor(user, seconds)]);
    clients.push(client);
    return client;
  };
  const next = async (client: TestClient) => {
    const frame = await client.next();
    said.push(frame);
    return JSON.parse(frame);
  };
  const ask = async (client: TestClient, frame: object) => {
    client.send(frame);
    for (;;) {
      const answer = await next(client);
      if (answer.type === "ack" || answer.type === "error") return answer;
    }
  };

  it("shows its issuer as OpenID Connect has it", async () => {
    const discovered = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
    };
    expect(discovered).to.include({ issuer });
    expect(await (await fetch(discovered.jwks_uri)).json())
      .to.have.property("keys")
      .with.length(1);
  });

  it("lets a token in, offered as a protocol, and answers with the other one", async () => {
    const client = await connect("ann");
    expect(client.socket.protocol).to.equal("bearer");
    expect(await ask(client, { action: "whoami" })).to.deep.include({ user: { id: "ann", name: "Ann" } });
  });

  it("lets a token in, in the query", async () => {
    const client = await connectClient(`${product.webSocketUrl}?dialect=native&token=${await tokenFor("bob")}`);
    clients.push(client);
    expect(await ask(client, { action: "whoami" })).to.deep.include({ user: { id: "bob", name: "Bob" } });
  });

  it("refuses everybody else at the handshake, and says nothing of why", async () => {
    const [head, claims, signature] = (await tokenFor("ann")).split(".");
    const forged = `${head}.${Buffer.from('{"sub":"bob"}').toString("base64url")}.${signature}`;
    tokens.push(forged);
    for (const [query, protocols] of [
      ["", []],
      ["?userId=ann", []],
      ["?token=hush-hush", []],
      [`?token=${head}.${claims}.`, []],
      ["", ["bearer"]],
      ["", ["bearer", forged]],
      ["", ["bearer", `hush-hush${"x".repeat(9_000)}`]],
      ["", ["Bearer", forged]],
      [`?token=${forged}`, ["chat.v1"]],
    ] as const) {
      const refusal = await refusedHandshake(`${product.webSocketUrl}${query}`, [...protocols]);
      expect(refusal.status, query).to.equal(403);
      expect(JSON.parse(refusal.body)).to.deep.equal({
        message: "User is not authorized to access this resource with an explicit deny",
      });
    }
  });

  it("refuses what is too large to be read at all", async () => {
    const inHeader = await refusedHandshake(product.webSocketUrl, ["bearer", `hush-hush${"x".repeat(20_000)}`]);
    expect(inHeader.status).to.equal(431);
    const inQuery = await refusedHandshake(`${product.webSocketUrl}?token=hush-hush${"x".repeat(5_000)}`);
    expect(inQuery.status).to.equal(414);
    said.push(inHeader.body, inQuery.body);
  });

  const dialects: Readonly<
    Record<string, readonly [frame: object, seen: (frame: Record<string, unknown>) => unknown]>
  > = {
    native: [
      { action: "sendMessage", to: { user: "cid" }, content: "hi", sender: { id: "bob" } },
      ({ sender }) => (sender as { id: string }).id,
    ],
    rooms: [
      { action: "broadcast", message: "hi", sender: { id: "bob" } },
      ({ sender }) => (sender as { id: string }).id,
    ],
    walkthrough: [{ actionn: "x", data: "hi", sender: { id: "bob" } }, ({ sender }) => (sender as { id: string }).id],
    names: [{ action: "sendPrivate", to: "Cid", message: "hi", name: "bob" }, ({ privateMessage }) => privateMessage],
    "message-ai": [
      {
        ...{ action: "sendMessage", conversationId: "x", messageId: "m", recipientId: "cid", content: "hi" },
        ...{ senderId: "bob", senderName: "bob", timestamp: "now" },
      },
      ({ data }) => (data as { senderId: string }).senderId,
    ],
    "typescript-chat": [
      { action: "sendMessage", recipientId: "cid", content: "hi", userId: "bob" },
      ({ value }) => (value as { senderId: string }).senderId,
    ],
  };
  for (const [dialect, [frame, senderIn]] of Object.entries(dialects)) {
    it(`believes no sender in the query or the body: ${dialect}`, async () => {
      const cid = await connect("cid", `?dialect=${dialect}`);
      const spoofer = await connect("ann", `?dialect=${dialect}&userId=bob&senderId=bob&name=bob`);
      spoofer.send(frame);
      let seen = await next(cid);
      // of those who were here before
      while ("systemMessage" in seen || "members" in seen) seen = await next(cid);
      expect(JSON.stringify(seen)).not.to.include("bob");
      expect(String(senderIn(seen))).to.match(/^ann$|^Ann: hi$/);
    });
  }

  it("ends a connection whose token has expired, at its next word, and tells it why", async () => {
    const token = await tokenFor("bob");
    const client = await connect("ann", "?dialect=native", 2);
    const refreshed = await connect("bob", "?dialect=native", 2);
    const { expiresAt } = await ask(refreshed, { action: "refresh", token, requestId: "r" });
    expect(Date.parse(expiresAt)).to.be.above(Date.now() + 500_000);
    let last: Record<string, unknown>;
    do {
      // a try every now and then: the stage's throttle is everybody's
      await new Promise((resolve) => setTimeout(resolve, 25));
      last = await ask(client, { action: "ping", requestId: "p" });
    } while (last.type === "ack" || last.code === "rate_limited");
    expect(last).to.include({ type: "error", code: "unauthenticated", retryable: false, requestId: "p" });
    expect(await client.closed).to.include({ code: 1000 });
    expect(await ask(refreshed, { action: "ping" })).to.include({ type: "ack" });
  });

  it("refuses to refresh with what is not the user's own good token, and goes on", async () => {
    const client = await connect("ann");
    for (const token of [await tokenFor("bob"), "hush-hush", `${await tokenFor("ann")}x`]) {
      expect(await ask(client, { action: "refresh", token })).to.include({ type: "error", code: "unauthenticated" });
    }
    expect(await ask(client, { action: "refresh", token: { token: await tokenFor("ann") } })).to.include({
      code: "invalid_request",
    });
    expect(await ask(client, { action: "ping" })).to.include({ type: "ack" });
  });

  describe("with npm run ban", () => {
    const ban = async (args: string[], environment: NodeJS.ProcessEnv = {}) => {
      const keys = { AWS_ACCESS_KEY_ID: "AKIDOPERATOR", AWS_SECRET_ACCESS_KEY: "secret" };
      const AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${dynamodbPort}`;
      const child = run(["scripts/ban.ts", ...args], { ...keys, AWS_ENDPOINT_URL_DYNAMODB, ...environment });
      const printed = { out: "", error: "" };
      child.stdout?.on("data", (data) => (printed.out += data));
      child.stderr?.on("data", (data) => (printed.error += data));
      const [code] = await once(child, "close");
      return { code, ...printed };
    };
    const there = () => ["--management-url", product.webSocketUrl.replace(/^ws/, "http")];

    it("ends all connections of a user who is banned, and opens none, until the ban is lifted", async () => {
      const [one, other] = [await connect("ann"), await connect("ann")];
      const banned = await ban(["user", "ann", ...there()]);
      expect(banned).to.include({ code: 0, out: "ann cannot connect to dev any more.\n2 connections ended.\n" });
      for (const client of [one, other]) expect(await client.closed).to.include({ code: 1000 });
      const refusal = await refusedHandshake(product.webSocketUrl, ["bearer", await tokenFor("ann")]);
      expect(refusal.status).to.equal(403);
      const again = await ban(["user", "ann", ...there()]);
      expect(again, "again").to.include({
        code: 0,
        out: "ann cannot connect to dev any more.\n0 connections ended.\n",
      });
      expect(await ban(["lift", "ann"])).to.include({ code: 0, out: "ann may connect to dev again.\n" });
      expect(await ban(["lift", "ann"])).to.include({ code: 0, out: "ann was not banned from dev.\n" });
      expect(await ask(await connect("ann"), { action: "ping" })).to.include({ type: "ack" });
    });

    it("ends one connection, whoever has it, and it does no harm to do it again", async () => {
      const bob = await connect("bob");
      const { connectionId } = await ask(bob, { action: "whoami" });
      expect(await ban(["connection", connectionId, ...there()])).to.include({ code: 0, out: "1 connection ended.\n" });
      expect(await bob.closed).to.include({ code: 1000 });
      expect(await ban(["connection", connectionId, ...there()])).to.include({ code: 0 });
    });

    it("says what is left to do when connections cannot be ended: the user is banned all the same", async () => {
      await Promise.all([connect("cid"), connect("cid")]);
      const nowhere = "http://127.0.0.1:1/dev";
      const { code, out, error } = await ban(["user", "cid", "--management-url", nowhere]);
      expect({ code, out }).to.deep.equal({ code: 1, out: "cid cannot connect to dev any more.\n" });
      expect(error).to.match(
        /not done: 2 not ended; run it again\.\n( {2}\S+: http:\/\/127\.0\.0\.1:1\/dev: connect ECONNREFUSED.*\n){2}/,
      );
      expect(await ban(["user", "cid", ...there()])).to.include({ code: 0 });
      expect(await ban(["lift", "cid"])).to.include({ code: 0 });
    });

    it("says what is wrong, and where", async () => {
      const elsewhere = { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" };
      const table = "the table websocket-api-dev-connections in us-east-1";
      expect((await ban(["lift", "ann"], elsewhere)).error).to.include(`not done: ${table}: connect ECONNREFUSED`);
      const nobody = {
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_EC2_METADATA_DISABLED: "true",
        HOME: dataDir,
      };
      const without = await ban(["lift", "ann"], nobody);
      expect(without).to.include({ code: 1 });
      expect(without.error).to.include("not done: there are no AWS credentials: set AWS_PROFILE");
    });
  });

  it("is tried out with a token in SMOKE_TOKEN, and says so when there is none", async () => {
    const smoke = async (environment: NodeJS.ProcessEnv) => {
      const child = run(["scripts/smoke.ts", product.webSocketUrl], environment);
      let printed = "";
      for (const stream of [child.stdout, child.stderr]) stream?.on("data", (data) => (printed += data));
      const [code] = await once(child, "close");
      return `${code} ${printed}`;
    };
    expect(await smoke({ SMOKE_TOKEN: await tokenFor("cid") })).to.match(/^0 ok/);
    expect(await smoke({})).to.match(/^1 failed.*SMOKE_TOKEN\)/);
  });

  it("has written no token anywhere: no log of a function, no access or execution log, no answer, no row", async () => {
    const { text, files } = await writtenBelow(dataDir);
    const logs = files.filter((name) => /authorize|apigateway|dev-logs/.test(name));
    expect(logs, "the logs are there").to.have.length.of.at.least(3);
    const written = [text, ...product.lines, ...said].join("\n");
    expect(written).to.include("handshake refused").and.include("identity of this connection has expired");
    expect(tokens).to.have.length.of.at.least(15);
    for (const token of tokens) expectUnwritten(token, written);
    expect(written).not.to.include("hush-hush");
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
