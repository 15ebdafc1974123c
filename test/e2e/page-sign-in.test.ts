// The page of a stage with tokens, in a browser, against `npm start -- --auth jwt`: people sign in at the issuer on this machine as they would
// at any other, stay signed in, and sign out. What it all wrote is searched for their tokens.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "#test/web/browser.ts";
import { message, people, say, status } from "#test/web/page-acts.ts";
import { type RunningProduct, startProduct } from "./running-product.ts";
import { expectUnwritten, writtenBelow } from "./written.ts";

/** Short enough for a test to see them renewed; the page renews after three quarters. */
const TOKEN_SECONDS = 8;

describe("the page of a stage with tokens", function () {
  this.timeout(60_000);
  let product: RunningProduct;
  let browser: Browser | undefined;
  let dataDir: string;
  let contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  const addresses: string[] = [];
  /** Every token that the issuer gave a page. */
  const tokens = new Set<string>();

  before(async function () {
    browser = await startBrowser(this);
    dataDir = await mkdtemp(path.join(tmpdir(), "websocket-api-sign-in-"));
    product = await startProduct(["--auth", "jwt", "--token-seconds", String(TOKEN_SECONDS), "--data-dir", dataDir]);
  });
  after(async () => {
    await browser?.close();
    if (product !== undefined) await product.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close();
    expect(complaints.splice(0), "errors in the browser's console").to.deep.equal([]);
  });

  /** A window of a browser of its own. */
  async function openWindow(address = product.pageUrl): Promise<Page> {
    const context = await (browser as Browser).newContext({ locale: "en-GB" });
    context.setDefaultTimeout(15_000);
    contexts = [...contexts, context];
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (line) => {
      if (line.type() === "error") complaints.push(line.text());
    });
    page.on("request", (request) => addresses.push(request.url()));
    page.on("websocket", (socket) => addresses.push(socket.url()));
    page.on("response", async (response) => {
      if (!response.url().endsWith("/token") || !response.ok()) return;
      const { id_token, access_token, refresh_token } = (await response.json()) as Record<string, string>;
      for (const token of [id_token, access_token, refresh_token]) if (token) tokens.add(token);
    });
    await page.goto(address);
    return page;
  }

  async function signIn(page: Page, name: string): Promise<void> {
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name }).click();
    await status(page, "Connected");
  }

  it("lets people sign in, be who they are, and talk", async () => {
    const [ann, bob] = [await openWindow(), await openWindow()];
    await signIn(ann, "Ann");
    await signIn(bob, "Bob");
    expect(ann.url(), "without the code").to.equal(`${product.pageUrl}/`);
    await ann.getByText("Signed in as Ann").waitFor();
    expect(await ann.getByLabel("Your name", { exact: true }).isVisible(), "a name to choose").to.equal(false);
    await people(ann).getByText("Bob").waitFor();
    await say(ann, "over here");
    await message(bob, "over here").getByText("Ann").waitFor();
  });

  it("renews what it shows the API on the open connection, and nobody notices", async () => {
    const ann = await openWindow();
    const renewed = new Promise<string>((resolve) =>
      ann.on("websocket", (socket) =>
        socket.on("framesent", ({ payload }) => {
          if (String(payload).includes('"refresh"')) resolve(JSON.parse(String(payload)).requestId);
        }),
      ),
    );
    const acknowledged = new Promise<Record<string, unknown>>((resolve) =>
      ann.on("websocket", (socket) =>
        socket.on("framereceived", ({ payload }) => {
          const frame = JSON.parse(String(payload));
          if (frame.type === "ack" && frame.action === "refresh") resolve(frame);
        }),
      ),
    );
    await signIn(ann, "Ann");
    const sockets: string[] = [];
    ann.on("websocket", (socket) => sockets.push(socket.url()));
    const requestId = await renewed;
    const { expiresInSeconds, ...ack } = await acknowledged;
    expect(ack).to.include({ requestId });
    expect(expiresInSeconds).to.be.within(1, TOKEN_SECONDS);
    await say(ann, "still here");
    await message(ann, "still here").waitFor();
    expect(sockets, "connections since").to.deep.equal([]);
  });

  it("stays signed in when it is loaded again, and does not in another tab", async () => {
    const ann = await openWindow();
    await signIn(ann, "Ann");
    await ann.reload();
    await status(ann, "Connected");
    await ann.getByText("Signed in as Ann").waitFor();
    const other = await ann.context().newPage();
    await other.goto(product.pageUrl);
    await other.getByRole("button", { name: "Sign in" }).waitFor();
  });

  it("signs out, also at the issuer, and is nobody then", async () => {
    const ann = await openWindow();
    await signIn(ann, "Ann");
    await ann.getByRole("button", { name: "Sign out" }).click();
    await ann.getByText("Sign in to join the conversation.").waitFor();
    expect(addresses.some((address) => address.includes("/logout?client_id=local"))).to.equal(true);
    expect(await ann.evaluate("JSON.stringify(sessionStorage)")).to.equal("{}");
    await ann.reload();
    await signIn(ann, "Bob");
    await ann.getByText("Signed in as Bob").waitFor();
  });

  it("asks to sign in again when the issuer gives no more tokens, and says so", async () => {
    const ann = await openWindow();
    await signIn(ann, "Ann");
    const issuer = new URL(addresses.find((address) => address.includes("/authorize?")) ?? "").origin;
    await ann.route(`${issuer}/token`, (route) => route.fulfill({ status: 400, json: { error: "invalid_grant" } }));
    await ann.getByText("Sign in again to go on.").waitFor();
    // the browser's own line about the 400
    expect(complaints.splice(0).filter((line) => !line.includes("400"))).to.deep.equal([]);
    await ann.unroute(`${issuer}/token`);
    await signIn(ann, "Ann");
  });

  it("takes no code that it has not asked for", async () => {
    const page = await openWindow(`${product.pageUrl}/?code=stolen&state=guessed`);
    await page.getByText("This sign-in was not begun in this window. Please try again.").waitFor();
    expect(page.url()).to.equal(`${product.pageUrl}/`);
    await signIn(page, "Cid");
  });

  it("has put no token into an address, a log, an answer or a row", async () => {
    expect(tokens.size).to.be.at.least(15);
    const { files, text } = await writtenBelow(dataDir);
    expect(files.filter((name) => /authorize|dev-logs/.test(name))).to.have.length.of.at.least(2);
    const written = [text, ...product.lines, ...addresses].join("\n");
    for (const token of tokens) expectUnwritten(token, written);
  });
});
