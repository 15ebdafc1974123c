import { expect } from "chai";
import type { CredentialProvider } from "#aws/cached-credentials.ts";
import { type ConnectionPoster, connectionPoster, type PosterSettings } from "#aws/connection-poster.ts";
import { sha256, signRequests } from "#aws/sigv4/sign-requests.ts";
import { SigningKeys } from "#aws/sigv4/signing-key.ts";
import { ManualTiming } from "./support/manual-timing.ts";
import { OK, type Received, runScripted, type ScriptedServer } from "./support/scripted-server.ts";

const ID = "R1k_-9bFIAMCJ1A=";
const credentials = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret", sessionToken: "token" };

function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ""): string {
  const all = { ...headers, "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n${body}`;
}

describe("the connection poster", () => {
  let server: ScriptedServer;
  let poster: ConnectionPoster;
  let timing: ManualTiming;
  let failures: { readonly connectionId: string; readonly message: string }[];
  const start = async (
    reply: (request: Received, count: number) => string | undefined,
    changes: Partial<PosterSettings> = {},
    provider: CredentialProvider = async () => credentials,
  ) => {
    failures = [];
    timing = new ManualTiming();
    server = await runScripted(reply);
    poster = connectionPoster({
      client: { config: { region: async () => "eu-central-1", credentials: provider } },
      endpoint: server.origin.href,
      onFailure: (connectionId, { message }) => failures.push({ connectionId, message }),
      timing,
      ...changes,
    });
  };

  afterEach(async () => {
    poster.close();
    await server.close();
    expect(timing.pending, "timers that nobody waits for").to.deep.equal([]);
  });

  describe("posts", () => {
    it("the frame, signed, to the connection of the stage", async () => {
      await start(() => OK);
      expect(await poster.post(ID, '{"text":"häßlich 🙂"}')).to.equal("sent");
      const [{ head, body } = { head: "", body: "" }] = server.requests;
      expect(body).to.equal('{"text":"häßlich 🙂"}');
      const [line, ...lines] = head.split("\r\n");
      expect(line).to.equal("POST /dev/@connections/R1k_-9bFIAMCJ1A%3D HTTP/1.1");
      const { authorization, ...headers } = Object.fromEntries(lines.map((one) => one.split(/: (.*)/)));
      const { "x-amz-date": date, "x-amz-security-token": token, ...given } = headers;
      expect(given).to.deep.equal({
        "content-length": String(Buffer.byteLength(body)),
        "content-type": "application/octet-stream",
        host: server.origin.host,
        "x-amz-content-sha256": sha256(body),
      });
      expect(token).to.equal("token");
      const at = timing.now();
      const by = { credentials, region: "eu-central-1", service: "execute-api", at, keys: new SigningKeys() };
      const expected = signRequests({ method: "POST", headers: given, bodyHash: sha256(body) }, by);
      expect(date).to.equal(expected.headers["x-amz-date"]);
      expect(authorization).to.equal(expected.authorization("/dev/@connections/R1k_-9bFIAMCJ1A%3D"));
    });

    it("to an endpoint with a slash at its end, and to one without a path", async () => {
      await start(() => OK);
      const client = { config: { region: async () => "eu-central-1", credentials: async () => credentials } };
      for (const endpoint of [`${server.origin.href}/`, server.origin.origin]) {
        const other = connectionPoster({ client, endpoint, onFailure: () => {}, timing });
        expect(await other.post(ID, "x")).to.equal("sent");
        other.close();
      }
      const paths = server.requests.map(({ head }) => head.split(" ")[1]);
      expect(paths).to.deep.equal(["/dev/@connections/R1k_-9bFIAMCJ1A%3D", "/@connections/R1k_-9bFIAMCJ1A%3D"]);
    });

    it("the bytes of each frame, however many frames take turns", async () => {
      await start(() => OK);
      const frames = Array.from({ length: 60 }, (_, at) => `frame ${(at * 7) % 20}`);
      for (const frame of frames) await poster.post(ID, frame);
      expect(server.requests.map(({ body }) => body)).to.deep.equal(frames);
      for (const { head, body } of server.requests) expect(head).to.contain(`x-amz-content-sha256: ${sha256(body)}`);
    });

    it("with a date of its own in every second", async () => {
      await start(() => OK);
      await poster.post(ID, "x");
      timing.move(1_000);
      await poster.post(ID, "x");
      const dates = server.requests.map(({ head }) => /x-amz-date: (\S+)/.exec(head)?.[1]);
      expect(new Set(dates).size).to.equal(2);
    });
  });

  describe("says what became of a post", () => {
    it("gone: there is no such connection, with or without the error type", async () => {
      await start((_, count) => answer(410, count === 1 ? { "x-amzn-ErrorType": "GoneException" } : {}));
      expect(await poster.post(ID, "x")).to.equal("gone");
      expect(await poster.post(ID, "x")).to.equal("gone");
      expect(failures).to.deep.equal([]);
    });

    it("failed: what @connections rejects, with its words and at once", async () => {
      const message = '{"message":"The payload is too large"}';
      await start(() => answer(413, { "x-amzn-ErrorType": "PayloadTooLargeException:http://x/" }, message));
      expect(await poster.post(ID, "x")).to.equal("failed");
      expect(failures).to.deep.equal([
        {
          connectionId: ID,
          message: "@connections answered 413 PayloadTooLargeException: The payload is too large",
        },
      ]);
      expect(server.requests).to.have.length(1);
    });

    it("of one recipient, whatever becomes of the others", async () => {
      await start(({ head }) => {
        if (head.includes("/a ")) return answer(410);
        if (head.includes("/b ")) return answer(400);
        return OK;
      });
      const outcomes = await Promise.all(["a", "b", "c"].map((id) => poster.post(id, "x")));
      expect(outcomes).to.deep.equal(["gone", "failed", "sent"]);
    });
  });

  describe("tries again", () => {
    it("after 429, 5xx and a lost connection, each time after a longer jittered pause", async () => {
      await start(({ socket }, count) => {
        if (count === 3) return void socket.destroy();
        return [answer(429), answer(503), "", answer(500)][count - 1] ?? OK;
      });
      const post = poster.post(ID, "x");
      for (const ms of [25, 50, 100]) {
        await timing.timerOf(ms);
        timing.move(ms);
      }
      expect(await post).to.equal("sent");
      // the third was sent again at once, on a new socket: the server had closed an idle one
      expect(server.requests).to.have.length(5);
      expect(failures).to.deep.equal([]);
    });

    it("after a request that got no answer in time", async () => {
      await start((_, count) => (count === 1 ? undefined : OK));
      const post = poster.post(ID, "x");
      await server.received(1);
      timing.move(3_000);
      await timing.timerOf(25);
      timing.move(25);
      expect(await post).to.equal("sent");
    });

    it("until its time is over, and then says so", async () => {
      await start(() => answer(500));
      timing.chance = 1;
      const post = poster.post(ID, "x", { budgetMs: 400 });
      for (const ms of [50, 100, 200]) {
        await timing.timerOf(ms);
        timing.move(ms);
      }
      expect(await post).to.equal("failed");
      expect(failures.map(({ message }) => message)).to.deep.equal(["@connections answered 500"]);
      expect(server.requests).to.have.length(4);
    });

    it("with a request that lasts no longer than what is left", async () => {
      await start(() => undefined);
      const post = poster.post(ID, "x", { budgetMs: 400 });
      await server.received(1);
      timing.move(400);
      expect(await post).to.equal("failed");
      expect(failures[0]?.message).to.contain("no answer within 400 ms");
    });

    it("only when that is asked for, where others wait for their first attempt: after a pause", async () => {
      await start(({ head }, count) => {
        if (head.includes("/d ")) return answer(410);
        return [answer(429), answer(503), answer(429)][count - 1] ?? OK;
      });
      expect(await poster.post("a", "x", { attempts: "first" })).to.equal("later");
      expect(await poster.post("b", "x", { attempts: "first" })).to.equal("later");
      expect(await poster.post("c", "x", { attempts: "only" })).to.equal("throttled");
      expect(await poster.post("d", "x", { attempts: "first", connectedAt: timing.now() })).to.equal("later");
      expect(await poster.post("d", "x", { attempts: "first", connectedAt: timing.now() - 1_000 })).to.equal("gone");
      expect(server.requests).to.have.length(5);
      const again = poster.post("a", "x", { attempts: "again" });
      await timing.timerOf(25);
      expect(server.requests).to.have.length(5);
      timing.move(25);
      expect(await again).to.equal("sent");
      const young = poster.post("d", "x", { attempts: "again", connectedAt: timing.now() });
      await timing.timerOf(250);
      timing.move(250);
      expect(await young).to.equal("gone");
      expect(failures).to.deep.equal([]);
    });

    it("and says nothing of it where it may get lost", async () => {
      await start(() => undefined);
      const post = poster.post(ID, "x", { budgetMs: 400, mayGetLost: true });
      await server.received(1);
      timing.move(400);
      expect(await post).to.equal("throttled");
      expect(failures).to.deep.equal([]);
    });

    it("not at all when there is no time", async () => {
      await start(() => OK);
      expect(await poster.post(ID, "x", { budgetMs: 0 })).to.equal("throttled");
      expect(server.requests).to.deep.equal([]);
    });

    it("once, when a connection that has just come is not there yet", async () => {
      await start((_, count) => (count === 1 ? answer(410) : OK));
      const post = poster.post(ID, "x", { connectedAt: timing.now() - 900 });
      await timing.timerOf(250);
      timing.move(250);
      expect(await post).to.equal("sent");
    });

    it("not more than once, and not when the connection is older", async () => {
      await start(() => answer(410));
      expect(await poster.post(ID, "x", { connectedAt: timing.now() - 1_000 })).to.equal("gone");
      const post = poster.post(ID, "x", { connectedAt: timing.now() });
      await timing.timerOf(250);
      timing.move(250);
      expect(await post).to.equal("gone");
      expect(server.requests).to.have.length(3);
    });
  });

  describe("meets a refusal", () => {
    it("by telling once a minute what has to be set right, not for every recipient", async () => {
      await start(({ head }) => {
        const [, connection = ""] = /@connections\/(\w+)/.exec(head) ?? [];
        return answer(403, { "x-amzn-ErrorType": "ForbiddenException" }, `{"message":"not allowed on ${connection}"}`);
      });
      const outcomes = await Promise.all(["a", "b", "c"].map((id) => poster.post(id, "x")));
      expect(outcomes).to.deep.equal(["failed", "failed", "failed"]);
      expect(failures).to.have.length(1);
      expect(failures[0]?.message.replace(/on [abc] /, "on a ")).to.equal(
        "@connections answered 403 ForbiddenException: not allowed on a (the function's role needs execute-api:ManageConnections " +
          `on POST/@connections/*, and ${server.origin.href} has to be the stage's URL)`,
      );
      expect(server.requests).to.have.length(3);
      timing.move(60_000);
      await poster.post("a", "x");
      expect(failures).to.have.length(2);
    });

    it("of a wrong clock by signing with AWS's, from then on", async () => {
      await start(({ head }) => {
        const day = /x-amz-date: (\d{8})/.exec(head)?.[1];
        return day === "20260830" ? OK : answer(403, { Date: "Sun, 30 Aug 2026 12:36:00 GMT" });
      });
      timing.jump(Date.parse("2031-01-01T00:00:00Z") - timing.now());
      expect(await poster.post("a", "x")).to.equal("sent");
      expect(await poster.post("b", "x")).to.equal("sent");
      expect(server.requests).to.have.length(3);
    });

    it("of every post under way by signing each once more", async () => {
      await start(({ head }) =>
        head.includes("20310101T") ? answer(403, { Date: "Sun, 30 Aug 2026 12:36:00 GMT" }) : OK,
      );
      timing.jump(Date.parse("2031-01-01T00:00:00Z") - timing.now());
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, at) => poster.post(`c${at}`, "x")));
      expect(new Set(outcomes)).to.deep.equal(new Set(["sent"]));
      expect(server.requests).to.have.length(40);
    });

    it("of a right clock without signing again", async () => {
      await start(() => answer(403, { Date: new Date(timing.now()).toUTCString() }));
      expect(await poster.post(ID, "x")).to.equal("failed");
      expect(server.requests).to.have.length(1);
    });

    it("of an expired token by asking for new credentials, once", async () => {
      const expired = answer(403, { "x-amzn-ErrorType": "ExpiredTokenException" }, '{"message":"expired"}');
      let keys = 0;
      await start(
        ({ head }) => (head.includes("Credential=KEY1/") ? expired : OK),
        {},
        async () => ({ accessKeyId: `KEY${++keys}`, secretAccessKey: "secret" }),
      );
      expect(await poster.post("a", "x")).to.equal("sent");
      expect(await poster.post("b", "x")).to.equal("sent");
      expect(keys).to.equal(2);
    });

    it("of the credential provider like one of AWS", async () => {
      await start(
        () => OK,
        {},
        () => Promise.reject(new Error("Could not load credentials from any providers")),
      );
      expect(await Promise.all([poster.post("a", "x"), poster.post("b", "x")])).to.deep.equal(["failed", "failed"]);
      expect(failures.map(({ message }) => message)).to.deep.equal([
        "Posts cannot be signed: Could not load credentials from any providers",
      ]);
    });
  });

  describe("waits for its turn", () => {
    /** Turns as a test gives them. */
    const given = (...turns: (number | undefined)[]) => {
      const asked: { readonly mostMs: number; readonly toCome: number | undefined }[] = [];
      return {
        asked,
        take(mostMs: number, toCome?: number) {
          asked.push({ mostMs, toCome });
          return turns.shift();
        },
      };
    };

    it("before every post", async () => {
      await start(() => OK, { turns: given(0, 100, 200) });
      const posts = ["a", "b", "c"].map((id) => poster.post(id, "x"));
      await posts[0];
      expect(timing.pending).to.deep.equal([100, 200]);
      timing.move(100);
      await posts[1];
      timing.move(100);
      expect(await Promise.all(posts)).to.deep.equal(["sent", "sent", "sent"]);
    });

    it("no longer than it has time", async () => {
      const turns = given(undefined);
      await start(() => OK, { turns });
      expect(await poster.post("b", "x", { budgetMs: 999 })).to.equal("throttled");
      expect(turns.asked).to.deep.equal([{ mostMs: 999, toCome: undefined }]);
      expect(server.requests).to.have.length(0);
      expect(failures).to.deep.equal([]);
    });

    it("again before it tries again", async () => {
      await start((_, count) => (count === 1 ? answer(429) : OK), { turns: given(0, 70) });
      const post = poster.post("a", "x");
      await timing.timerOf(25);
      timing.move(25);
      await timing.timerOf(70);
      expect(server.requests).to.have.length(1);
      timing.move(70);
      expect(await post).to.equal("sent");
    });

    it("however long that takes in a run, and has all of its time then", async () => {
      const turns = given(undefined, 1_900);
      await start(() => OK, { turns });
      const run = { mayGoOn: () => true, toCome: 7 };
      const post = poster.post("a", "x", { budgetMs: 1_000, run });
      await timing.timerOf(250);
      timing.move(250);
      await timing.timerOf(1_900);
      timing.move(1_900);
      await server.received(1);
      expect(await post).to.equal("sent");
      expect(turns.asked).to.deep.equal(Array(2).fill({ mostMs: 2_000, toCome: 7 }));
    });

    it("and does not post when the run is not to go on by then", async () => {
      let may = true;
      await start(() => OK, { turns: given(50) });
      const post = poster.post("a", "x", { run: { mayGoOn: async () => may, toCome: 0 } });
      await timing.timerOf(50);
      may = false;
      timing.move(50);
      expect(await post).to.equal("withdrawn");
      expect(server.requests).to.have.length(0);
    });

    it("and beside the post settles what went on credit", async () => {
      const settled: string[] = [];
      let settle = () => {};
      const booked = new Promise<void>((resolve) => {
        settle = resolve;
      });
      await start(() => OK, { turns: { take: () => 0, settle: () => booked } });
      const post = poster.post("a", "x").then((outcome) => settled.push(outcome));
      await server.received(1);
      expect(settled).to.deep.equal([]);
      settle();
      await post;
      expect(settled).to.deep.equal(["sent"]);
    });
  });
});
