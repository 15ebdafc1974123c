import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { buildWeb } from "#scripts/build-web.ts";
import { serveWeb, type WebServer } from "#scripts/serve-web.ts";

const API = "wss://abc123.execute-api.eu-central-1.amazonaws.com/prod";

describe("scripts/build-web and serve-web", () => {
  let folder: string;
  let directory: string;
  let web: WebServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "serve-web-"));
    directory = join(folder, "site");
    await buildWeb({ outdir: directory });
    await writeFile(join(folder, "secret.txt"), "not for the web");
    web = await serveWeb({ port: 0, webSocketUrl: API, directory });
  });

  after(async () => {
    await web.close();
    await rm(folder, { recursive: true });
  });

  it("build one script without leftovers of development, its source map apart", async () => {
    const script = await readFile(join(directory, "app.js"), "utf8");
    expect(script).not.to.match(/^\s*import /m);
    expect(script.split("\n").length, "minified").to.be.below(20);
    expect(script).to.contain("//# sourceMappingURL=app.js.map");
    expect(script).not.to.contain("sourcesContent");
    const { sources } = JSON.parse(await readFile(join(directory, "app.js.map"), "utf8")) as { sources: string[] };
    expect(sources.some((source) => source.endsWith("client/client.ts"))).to.equal(true);
  });

  it("listen on this machine only, unless told otherwise", () => {
    expect(web.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("serve the page, its script and its style", async () => {
    const page = await fetch(web.url);
    expect(page.status).to.equal(200);
    expect(page.headers.get("content-type")).to.equal("text/html; charset=utf-8");
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file = ""]) => file);
    expect(files).to.include.members(["app.js", "style.css", "favicon.svg"]);
    for (const file of files) expect((await fetch(`${web.url}/${file}`)).status, file).to.equal(200);
  });

  it("tell the page where the API is", async () => {
    const config = await fetch(`${web.url}/config.json`);
    expect(await config.json()).to.deep.equal({ webSocketUrl: API });
    expect(config.headers.get("cache-control")).to.equal("no-store");
  });

  it("allow the browser this page's own files and this API, nothing else", async () => {
    const { headers } = await fetch(web.url);
    expect(headers.get("content-security-policy")?.split("; ")).to.include.members([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' wss://abc123.execute-api.eu-central-1.amazonaws.com",
      "frame-ancestors 'none'",
    ]);
    expect(headers.get("x-content-type-options")).to.equal("nosniff");
    expect(headers.get("referrer-policy")).to.equal("no-referrer");
    expect(headers.has("x-powered-by")).to.equal(false);
  });

  it("have the browser ask for a newer build each time, and answer 304 while there is none", async () => {
    const first = await fetch(`${web.url}/app.js`);
    expect(first.headers.get("cache-control")).to.equal("no-cache");
    // not with fetch, which sends Cache-Control: no-cache along with If-None-Match, and so would never see a 304
    const again = get(`${web.url}/app.js`, { headers: { "If-None-Match": first.headers.get("etag") ?? "" } });
    const [{ statusCode }] = (await once(again, "response")) as [IncomingMessage];
    expect(statusCode).to.equal(304);
  });

  it("answer what is not there with a page that says so", async () => {
    for (const path of ["/nothing", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/.env"]) {
      const response = await fetch(`${web.url}${path}`);
      expect(response.status, path).to.equal(404);
      const text = await response.text();
      expect(text).to.contain("There is nothing here").and.not.contain("not for the web");
      expect(response.headers.get("x-content-type-options")).to.equal("nosniff");
    }
  });

  it("answer what cannot be answered without a stack trace", async () => {
    const headers = { Range: "bytes=99999999-" };
    const response = await fetch(`${web.url}/app.js`, { headers });
    expect(response.status).to.equal(416);
    expect(response.headers.get("content-range")).to.match(/^bytes \*\/\d+$/);
    const text = await response.text();
    expect(text).to.contain("Range Not Satisfiable").and.not.contain(" at ");
    expect(text).not.to.contain("node_modules");
  });

  it("say what to do when the port is taken", async () => {
    const port = Number(new URL(web.url).port);
    const error = await serveWeb({ port, webSocketUrl: API, directory }).then(String, String);
    expect(error).to.equal(
      `Error: Port ${port} on 127.0.0.1 is in use by another program: choose another with --web-port (0 takes any free one).`,
    );
  });

  it("say what to do when the page is not built", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    const error = await serveWeb({ port: 0, webSocketUrl: API, directory: empty }).then(String, String);
    expect(error).to.contain(empty).and.contain("npm run build");
  });

  it("refuse an API address that is not a WebSocket's", async () => {
    const error = await serveWeb({ port: 0, webSocketUrl: "127.0.0.1:3001", directory }).then(String, String);
    expect(error).to.contain('webSocketUrl is "127.0.0.1:3001"');
  });
});
