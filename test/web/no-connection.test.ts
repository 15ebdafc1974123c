// What the page says while no connection comes about, and how it comes back.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildWeb } from "#scripts/build-web.ts";
import { serveWeb } from "#scripts/serve-web.ts";
import { ProtocolServer } from "#test/client/protocol-server.ts";
import { startBrowser } from "./browser.ts";
import { status } from "./page-acts.ts";

const WATCH_NOTICE = `(() => {
  window.noticesShown = 0;
  const notice = document.getElementById("notice");
  new MutationObserver(() => {
    if (!notice.hidden) window.noticesShown += 1;
  }).observe(notice, { attributes: true, childList: true, subtree: true });
})()`;

describe("chat page without a connection", () => {
  let browser: Browser | undefined;
  let directory: string;
  let api: ProtocolServer;
  let web: { readonly url: string; close(): Promise<void> };
  let context: BrowserContext;
  let page: Page;

  before(async function () {
    this.timeout(60_000);
    browser = await startBrowser(this);
    directory = await mkdtemp(join(tmpdir(), "chat-page-"));
    await buildWeb({ outdir: directory });
  });

  beforeEach(async () => {
    api = await ProtocolServer.start();
    web = await serveWeb({ port: 0, webSocketUrl: api.url, directory });
    context = await (browser as Browser).newContext({ viewport: { width: 360, height: 640 } });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    await page.goto(web.url);
    await status(page, "Connected");
    expect(await again().isVisible()).to.equal(false);
  });

  afterEach(async () => {
    await context.close();
    await web.close();
    await api.close();
  });

  after(async () => {
    await browser?.close();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  const again = () => page.getByRole("button", { name: "Try again" });
  const notice = () => page.getByText("The chat server is away, or does not let you in: you may be");

  it("says, when it is refused, that it may be, and is back when it is let in and asks", async () => {
    api.refuses = () => true;
    api.dropAll();
    await notice().waitFor();
    await status(page, "Not connected");
    const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await page.evaluate(overflow)).to.equal(0);
    api.refuses = () => false;
    await again().click();
    await status(page, "Connected");
    await notice().waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.id"), "where the keyboard goes on").to.equal("message");
  });

  it("says the same, which is true of it, too, when the server is away", async () => {
    await api.close();
    await notice().waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await status(page, "Closed");
    await notice().waitFor({ state: "hidden" });
    api = await ProtocolServer.start();
  });

  it("comes back by itself from an interruption, without a word of refusal", async () => {
    await page.evaluate(WATCH_NOTICE);
    await api.connected.next();
    api.dropAll();
    await api.connected.next();
    await status(page, "Connected");
    expect(await page.evaluate("window.noticesShown")).to.equal(0);
  });

  it("says of a device that is offline that it is, and goes on when it is back", async () => {
    api.refuses = () => true;
    await context.setOffline(true);
    api.dropAll();
    await status(page, "Offline");
    await page.getByText("This device is offline.").waitFor();
    api.refuses = () => false;
    await context.setOffline(false);
    await status(page, "Connected");
  });
});
