import { expect } from "chai";
import { connectionPoster } from "#aws/connection-poster.ts";
import { sha256, signRequests } from "#aws/sigv4/sign-requests.ts";
import { SigningKeys } from "#aws/sigv4/signing-key.ts";
import { OK } from "./support/scripted-server.ts";
import { answer, credentials, ID, useTriedPoster } from "./support/tried-poster.ts";

describe("the connection poster", () => {
  const tried = useTriedPoster();
  const { start } = tried;

  describe("posts", () => {
    it("the frame, signed, to the connection of the stage", async () => {
      await start(() => OK);
      expect(await tried.poster.post(ID, '{"text":"häßlich 🙂"}')).to.equal("sent");
      const [{ head, body } = { head: "", body: "" }] = tried.server.requests;
      expect(body).to.equal('{"text":"häßlich 🙂"}');
      const [line, ...lines] = head.split("\r\n");
      expect(line).to.equal("POST /dev/@connections/R1k_-9bFIAMCJ1A%3D HTTP/1.1");
      const { authorization, ...headers } = Object.fromEntries(lines.map((one) => one.split(/: (.*)/)));
      const { "x-amz-date": date, "x-amz-security-token": token, ...given } = headers;
      expect(given).to.deep.equal({
        "content-length": String(Buffer.byteLength(body)),
        "content-type": "application/octet-stream",
        host: tried.server.origin.host,
        "x-amz-content-sha256": sha256(body),
      });
      expect(token).to.equal("token");
      const at = tried.timing.now();
      const by = { credentials, region: "eu-central-1", service: "execute-api", at, keys: new SigningKeys() };
      const expected = signRequests({ method: "POST", headers: given, bodyHash: sha256(body) }, by);
      expect(date).to.equal(expected.headers["x-amz-date"]);
      expect(authorization).to.equal(expected.authorization("/dev/@connections/R1k_-9bFIAMCJ1A%3D"));
    });

    it("to an endpoint with a slash at its end, and to one without a path", async () => {
      await start(() => OK);
      const client = { config: { region: async () => "eu-central-1", credentials: async () => credentials } };
      for (const endpoint of [`${tried.server.origin.href}/`, tried.server.origin.origin]) {
        const other = connectionPoster({ client, endpoint, onFailure: () => {}, timing: tried.timing });
        expect(await other.post(ID, "x")).to.equal("sent");
        other.close();
      }
      const paths = tried.server.requests.map(({ head }) => head.split(" ")[1]);
      expect(paths).to.deep.equal(["/dev/@connections/R1k_-9bFIAMCJ1A%3D", "/@connections/R1k_-9bFIAMCJ1A%3D"]);
    });

    it("the bytes of each frame, however many frames take turns", async () => {
      await start(() => OK);
      const frames = Array.from({ length: 60 }, (_, at) => `frame ${(at * 7) % 20}`);
      for (const frame of frames) await tried.poster.post(ID, frame);
      expect(tried.server.requests.map(({ body }) => body)).to.deep.equal(frames);
      for (const { head, body } of tried.server.requests)
        expect(head).to.contain(`x-amz-content-sha256: ${sha256(body)}`);
    });

    it("with a date of its own in every second", async () => {
      await start(() => OK);
      await tried.poster.post(ID, "x");
      tried.timing.move(1_000);
      await tried.poster.post(ID, "x");
      const dates = tried.server.requests.map(({ head }) => /x-amz-date: (\S+)/.exec(head)?.[1]);
      expect(new Set(dates).size).to.equal(2);
    });
  });

  describe("says what became of a post", () => {
    it("gone: there is no such connection, with or without the error type", async () => {
      await start((_, count) => answer(410, count === 1 ? { "x-amzn-ErrorType": "GoneException" } : {}));
      expect(await tried.poster.post(ID, "x")).to.equal("gone");
      expect(await tried.poster.post(ID, "x")).to.equal("gone");
      expect(tried.failures).to.deep.equal([]);
    });

    it("failed: what @connections rejects, with its words and at once", async () => {
      const message = '{"message":"The payload is too large"}';
      await start(() => answer(413, { "x-amzn-ErrorType": "PayloadTooLargeException:http://x/" }, message));
      expect(await tried.poster.post(ID, "x")).to.equal("failed");
      expect(tried.failures).to.deep.equal([
        {
          connectionId: ID,
          message: "@connections answered 413 PayloadTooLargeException: The payload is too large",
        },
      ]);
      expect(tried.server.requests).to.have.length(1);
    });

    it("of one recipient, whatever becomes of the others", async () => {
      await start(({ head }) => {
        if (head.includes("/a ")) return answer(410);
        if (head.includes("/b ")) return answer(400);
        return OK;
      });
      const outcomes = await Promise.all(["a", "b", "c"].map((id) => tried.poster.post(id, "x")));
      expect(outcomes).to.deep.equal(["gone", "failed", "sent"]);
    });
  });
});
