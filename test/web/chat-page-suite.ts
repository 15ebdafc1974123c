// What people do with the page, against whatever stands behind it: the protocol server of the tests, or a whole local stack.
import { expect } from "chai";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { startBrowser } from "./browser.ts";
import { change, message, people, say, status } from "./page-acts.ts";
import { togetherSuite } from "./together-suite.ts";

export interface RunningChat {
  /** The page's address. */
  readonly url: string;
  close(): Promise<void>;
}

const FOCUSED_LOOK = `(() => {
  const { color, outlineColor, outlineStyle, textDecorationLine } = getComputedStyle(document.activeElement);
  const words = getComputedStyle(document.activeElement.closest(".bubble")).color;
  return { color, outlineColor, outlineStyle, textDecorationLine, words };
})()`;

export function chatPageSuite(start: () => Promise<RunningChat>): void {
  let chat: RunningChat | undefined;
  let browser: Browser | undefined;
  let context: BrowserContext;
  let url: string;
  const complaints: string[] = [];
  let rooms = 0;
  let room: string;

  before(async function () {
    this.timeout(60_000);
    browser = await startBrowser(this);
    chat = await start();
    url = chat.url;
  });

  beforeEach(async () => {
    if (browser === undefined) throw new Error("unreachable: skipped without a browser");
    context = await browser.newContext({ locale: "en-GB" });
    context.setDefaultTimeout(10_000);
    rooms += 1;
    room = `room ${rooms} ${Date.now()}`;
  });

  afterEach(async () => {
    await context.close();
    expect(complaints.splice(0), "errors in the browser's console").to.deep.equal([]);
  });

  after(async () => {
    await browser?.close();
    await chat?.close();
  });

  /** A window of the same browser, connected and in the test's room. */
  async function openWindow(name: string): Promise<Page> {
    const page = await context.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (line) => {
      if (line.type() === "error") complaints.push(line.text());
    });
    await page.goto(url);
    await status(page, "Connected");
    await change(page, "Your name", name);
    await change(page, "Room", room);
    await people(page).getByText(`${name}(you)`).waitFor();
    return page;
  }

  it("lets two windows of one browser talk as two people", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, "Hello, is anybody here?");
    const received = message(bob, "Hello, is anybody here?");
    await received.waitFor();
    expect(await received.locator(".sender").textContent()).to.equal("Ann");
    expect(await received.getAttribute("class")).not.to.contain("own");

    await bob.getByLabel("Message", { exact: true }).fill("Yes <b>I</b> am");
    await bob.getByRole("button", { name: "Send" }).click();
    await message(ann, "Yes <b>I</b> am").waitFor();
    expect(await ann.locator("#messages b").count(), "markup in a message").to.equal(0);
    const own = message(ann, "Hello, is anybody here?");
    expect(await own.getAttribute("class")).to.contain("own");
    await own.and(ann.locator(":not(.pending)")).waitFor();
    expect(await ann.locator("#messages .message").count()).to.equal(2);
  });

  it("makes links of web addresses, and of nothing else", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    const hostile = `javascript:alert(1) <img src=x onerror=alert(2)> <a href="javascript:alert(3)">x</a> data:text/html,x`;
    const here = new URL("/favicon.svg?a=1&b=2", url).href;
    await say(ann, `Look (${here}), "https://example.org/"onmouseover="alert(4)". ${hostile}`);
    const shown = message(bob, "Look").locator(".bubble");
    expect(await shown.innerText()).to.include(`Look (${here}), "https://example.org/"onmouse`);
    const safe = 'target="_blank" rel="noopener noreferrer nofollow" dir="auto"';
    const links = await shown.locator("*").all();
    expect(
      await Promise.all(
        links.map((link) => link.evaluate(({ outerHTML }) => outerHTML.slice(0, outerHTML.indexOf(">") + 1))),
      ),
    ).to.deep.equal([`<a href="${here.replace("&", "&amp;")}" ${safe}>`, `<a href="https://example.org/" ${safe}>`]);
    const opened = context.waitForEvent("page");
    await links[0]?.click();
    expect(await (await opened).evaluate("[location.pathname, window.opener, document.referrer]")).to.deep.equal([
      "/favicon.svg",
      null,
      "",
    ]);
    await status(bob, "Connected");
  });

  it("shows links and where the keyboard is in the colours of the words around them", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, "https://example.org/");
    for (const page of [ann, bob]) {
      await message(page, "https").waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const link = page.getByRole("link", { name: "https://example.org/" });
        await link.focus();
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Tab");
        const look = (await page.evaluate(FOCUSED_LOOK)) as Record<string, string>;
        expect(look).to.include({ outlineStyle: "solid", textDecorationLine: "underline" });
        expect([look.color, look.outlineColor], colorScheme).to.deep.equal([look.words, look.words]);
      }
    }
  });

  it("shows who is here, and takes out who closed the window", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await people(ann).getByText("Bob", { exact: true }).waitFor();
    await people(bob).getByText("Ann", { exact: true }).waitFor();
    await ann.locator("#people-count", { hasText: "2" }).waitFor();
    await bob.close();
    await people(ann).getByText("Bob", { exact: true }).waitFor({ state: "detached" });
    await ann.locator("#people-count", { hasText: "1" }).waitFor();
    await ann.getByText("Bob left").waitFor();
  });

  it("takes out who pressed Close, and brings back with Open what was said meanwhile, in order", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, "first");
    await message(bob, "first").waitFor();
    await bob.getByRole("button", { name: "Close" }).click();
    await status(bob, "Closed");
    await people(ann).getByText("Bob", { exact: true }).waitFor({ state: "detached" });
    expect(await bob.getByRole("button", { name: "Send" }).isDisabled()).to.equal(true);
    await say(ann, "second");
    await say(ann, "third");
    await bob.getByRole("button", { name: "Open" }).click();
    await message(bob, "third").waitFor();
    expect(await bob.locator("#messages .bubble").allInnerTexts()).to.deep.equal(["first", "second", "third"]);
    await people(ann).getByText("Bob", { exact: true }).waitFor();
  });

  it("shows a newcomer what was said before", async () => {
    const ann = await openWindow("Ann");
    for (const text of ["one", "two", "three"]) await say(ann, text);
    await message(ann, "three").and(ann.locator(":not(.pending)")).waitFor();
    const bob = await openWindow("Bob");
    await message(bob, "three").waitFor();
    expect(await bob.locator("#messages .bubble").allInnerTexts()).to.deep.equal(["one", "two", "three"]);
  });

  it("tells a new name to the others", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await people(ann).getByText("Bob", { exact: true }).waitFor();
    await change(bob, "Your name", "Robert");
    await people(ann).getByText("Robert", { exact: true }).waitFor();
    await ann.getByText("Bob is now called Robert").waitFor();
  });

  it("is the same person in the same room after a reload, and somebody else in a duplicated tab", async () => {
    const ann = await openWindow("Ann");
    const mine = people(ann).locator("li", { hasText: "(you)" });
    const before = await mine.getAttribute("data-user");
    await ann.reload();
    await people(ann).getByText("Ann(you)").waitFor();
    expect(await mine.getAttribute("data-user")).to.equal(before);

    const opened = context.waitForEvent("page");
    await ann.evaluate("void window.open(location.href)");
    const copy = await opened;
    await people(copy).getByText("(you)").waitFor();
    const copied = await people(copy).locator("li", { hasText: "(you)" }).getAttribute("data-user");
    expect(copied).not.to.equal(before);
    await people(ann).locator(`[data-user="${copied}"]`).waitFor();
  });

  it("counts what comes while the reader is further up, and goes there on request", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, Array.from({ length: 80 }, (_, line) => `line ${line}`).join("\n"));
    await message(bob, "line 79").waitFor();
    await bob.evaluate("document.getElementById('scroller').scrollTop = 0");
    await say(ann, "news");
    await bob.getByRole("button", { name: "1 new message" }).click();
    await bob.getByRole("button", { name: "1 new message" }).waitFor({ state: "hidden" });
    await message(bob, "news").and(bob.locator(":visible")).waitFor();
    expect(await bob.evaluate("document.getElementById('scroller').scrollTop"), "scrolled to the end").to.be.above(500);
  });

  it("keeps a message that is too long in the box and says so", async () => {
    const ann = await openWindow("Ann");
    await say(ann, "x".repeat(40_000));
    await ann.getByRole("alert").getByText("This message is too long").waitFor();
    expect(await ann.getByLabel("Message", { exact: true }).inputValue()).to.have.length(40_000);
    await status(ann, "Connected");
  });

  it("has a message box as high as what is written in it, however long the room is called", async () => {
    const ann = await openWindow("Ann");
    const box = ann.getByLabel("Message", { exact: true });
    const height = async (): Promise<number> => (await box.boundingBox())?.height ?? 0;
    const join = async (name: string): Promise<void> => {
      const menu = ann.getByRole("button", { name: "people" }).and(ann.locator(":visible"));
      if ((await menu.count()) > 0) await menu.click();
      await change(ann, "Room", name);
      await ann.getByRole("heading", { level: 1, name }).waitFor();
    };
    for (const width of [1280, 360]) {
      await ann.setViewportSize({ width, height: 800 });
      await join(`${room} ${width}`);
      await say(ann, "hi");
      await message(ann, "hi").waitFor();
      const line = await height();
      const long = `${room} ${"of people who like long names ".repeat(4)}`.slice(0, 124);
      await join(`${long}${width % 7}`);
      expect(await height(), `in the next room, at ${width}`).to.equal(line);
      await say(ann, "hello");
      await message(ann, "hello").waitFor();
      expect(await height(), `after sending, at ${width}`).to.equal(line);
      await box.fill("one\ntwo\nthree");
      expect(await height(), `with three lines, at ${width}`).to.be.above(line * 1.5);
      await box.fill("");
      expect(await height(), `empty again, at ${width}`).to.equal(line);
      const scrolls = "(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)(document.activeElement)";
      expect(await ann.evaluate(scrolls), `has something to scroll, at ${width}`).to.equal(false);
    }
  });

  it("keeps (you) in one piece behind a long name", async () => {
    const ann = await openWindow(`Ann ${"Longname".repeat(6)}`);
    const you = people(ann).getByText("(you)", { exact: true });
    const lines = await you.evaluate((element) => element.getClientRects().length);
    const { height = 0 } = (await you.boundingBox()) ?? {};
    expect([lines, height < 25], `${lines} lines, ${height} px high`).to.deep.equal([1, true]);
  });

  it("has nothing to scroll sideways at 360 pixels, and finds people behind a button", async () => {
    const ann = await openWindow("Ann");
    await say(ann, `a long word: ${"x".repeat(300)}`);
    await ann.setViewportSize({ width: 360, height: 640 });
    const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    expect(await ann.evaluate(overflow)).to.equal(0);
    expect(await people(ann).isVisible()).to.equal(false);
    await ann.getByRole("button", { name: "people" }).click();
    await people(ann).getByText("Ann(you)").and(ann.locator(":visible")).waitFor();
    await ann.keyboard.press("Escape");
    await people(ann).waitFor({ state: "hidden" });
  });

  togetherSuite(openWindow);
}
