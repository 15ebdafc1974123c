// What people do with each other's messages: change them, take them back, see them being typed, received and read, speak in private.
import { expect } from "chai";
import type { Page } from "playwright-core";
import { bubbles, message, people, say, status, writeTo } from "./page-acts.ts";

export function togetherSuite(openWindow: (name: string) => Promise<Page>): void {
  it("lets people change what they said, with the mouse", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, "helo");
    await message(bob, "helo").waitFor();
    expect(await message(bob, "helo").getByRole("button").count(), "actions on another's message").to.equal(0);

    await ann.getByLabel("Message", { exact: true }).fill("a draft");
    await message(ann, "helo").hover();
    await message(ann, "helo").getByRole("button", { name: "Edit message" }).click();
    const box = ann.getByLabel("Message", { exact: true });
    expect(await box.inputValue()).to.equal("helo");
    await box.fill("hello");
    await ann.getByRole("button", { name: "Save" }).click();
    for (const page of [ann, bob]) await message(page, "hello edited").waitFor();
    expect(await bubbles(bob)).to.deep.equal(["hello edited"]);
    expect(await box.inputValue(), "what was being written").to.equal("a draft");
  });

  it("lets people change and delete with the keyboard alone", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await say(ann, "first");
    await say(ann, "secnd");
    await message(bob, "secnd").waitFor();
    await message(ann, "secnd").getByText("Delivered").or(message(ann, "secnd").getByText("Read by Bob")).waitFor();
    const box = ann.getByLabel("Message", { exact: true });
    await box.press("ArrowUp");
    expect(await box.inputValue()).to.equal("secnd");
    await box.fill("never mind");
    await box.press("Escape");
    expect(await box.inputValue()).to.equal("");
    await box.press("ArrowUp");
    await box.fill("second");
    await box.press("Enter");
    await message(bob, "second edited").waitFor();

    await message(ann, "first").getByRole("button", { name: "Delete message" }).focus();
    await ann.keyboard.press("Enter");
    await ann.getByRole("dialog", { name: "Delete this message?" }).getByText("first").waitFor();
    await ann.keyboard.press("Escape");
    await ann.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await bubbles(bob)).to.deep.equal(["first", "second edited"]);

    await message(ann, "first").getByRole("button", { name: "Delete message" }).press("Enter");
    await ann.getByRole("button", { name: "Keep it" }).and(ann.locator(":focus")).waitFor();
    await ann.keyboard.press("Tab");
    await ann.keyboard.press("Enter");
    for (const page of [ann, bob]) await message(page, "Message deleted").waitFor();
    expect(await bubbles(ann)).to.deep.equal(["Message deleted", "second edited"]);
    expect(await message(ann, "Message deleted").getByRole("button").count()).to.equal(0);
  });

  it("takes the end of one question for no answer to the next, however late it is told of", async () => {
    const ann = await openWindow("Ann");
    for (const text of ["one", "two", "three"]) {
      await say(ann, text);
      await message(ann, text).getByRole("button", { name: "Delete message" }).waitFor({ state: "attached" });
    }
    const yes = ann.getByRole("dialog").getByRole("button", { name: "Delete" });

    // in one go: the browser tells of the end when all of it is done
    await message(ann, "one").getByRole("button", { name: "Delete message" }).press("Enter");
    const another = `document.querySelector("dialog").close();
      document.querySelectorAll("[aria-label='Delete message']")[1].click();`;
    await ann.evaluate(another);
    await yes.click();
    await message(ann, "Message deleted").waitFor();
    expect(await bubbles(ann)).to.deep.equal(["one", "Message deleted", "three"]);

    await message(ann, "one").getByRole("button", { name: "Delete message" }).press("Enter");
    await ann.evaluate(`${another} document.querySelector("dialog [value=delete]").click();`);
    await message(ann, "Message deleted").nth(1).waitFor();
    expect(await bubbles(ann)).to.deep.equal(["one", "Message deleted", "Message deleted"]);
  });

  it("shows who was away what was changed and deleted meanwhile, and newcomers the messages as they are now", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    for (const text of ["keep", "change", "drop"]) {
      await say(ann, text);
      // said before the next: functions run side by side
      await message(bob, text).waitFor();
    }
    await bob.getByRole("button", { name: "Close" }).click();
    await status(bob, "Closed");
    await message(ann, "change").getByRole("button", { name: "Edit message" }).press("Enter");
    await say(ann, "changed");
    await message(ann, "drop").getByRole("button", { name: "Delete message" }).press("Enter");
    await ann.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await message(ann, "Message deleted").waitFor();
    await message(ann, "changed edited").waitFor();
    await bob.getByRole("button", { name: "Open" }).click();
    const cyd = await openWindow("Cyd");
    for (const page of [bob, cyd]) {
      await message(page, "Message deleted").waitFor();
      expect(await bubbles(page)).to.deep.equal(["keep", "changed edited", "Message deleted"]);
    }
  });

  it("shows who is typing until the message comes", async () => {
    const [ann, bob, cyd] = [await openWindow("Ann"), await openWindow("Bob"), await openWindow("Cyd")];
    await people(ann).getByText("Cyd", { exact: true }).waitFor();
    await bob.getByLabel("Message", { exact: true }).pressSequentially("hel");
    await ann.locator("#typing", { hasText: "Bob is typing…" }).waitFor();
    await cyd.getByLabel("Message", { exact: true }).pressSequentially("me too");
    await ann.locator("#typing", { hasText: "Bob and Cyd are typing…" }).waitFor();
    await bob.keyboard.press("Enter");
    await ann.locator("#typing", { hasText: /^Cyd is typing…$/ }).waitFor();
    await cyd.keyboard.press("Enter");
    await ann.locator("#typing").waitFor({ state: "hidden" });
    expect(await bob.locator("#typing-text").textContent(), "one's own typing").not.to.contain("Bob");
  });

  it("takes away who typed and sent nothing", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await bob.getByLabel("Message", { exact: true }).pressSequentially("h");
    await ann.locator("#typing", { hasText: "Bob is typing…" }).waitFor();
    await ann.locator("#typing").waitFor({ state: "hidden" });
  });

  it("lets two people speak in private, and keeps that from the room", async () => {
    const [ann, bob, cyd] = [await openWindow("Ann"), await openWindow("Bob"), await openWindow("Cyd")];
    await writeTo(ann, "Bob");
    await ann.getByText("Just you and Bob").waitFor();
    await say(ann, "just between us");
    const row = bob.locator("#private-list li", { hasText: "Ann" });
    await row.getByText("new messages").waitFor({ state: "attached" });
    expect(await bubbles(bob), "in the room").to.deep.equal([]);
    await row.getByRole("button").click();
    await message(bob, "just between us").waitFor();
    await row.getByText("new messages").waitFor({ state: "detached" });
    const { width = 0 } = (await message(bob, "just between us").locator(".bubble").boundingBox()) ?? {};
    expect(width, "width of the first message of a day").to.be.above(100);
    await say(bob, "of course");
    await message(ann, "of course").waitFor();
    await bob.getByRole("button", { name: "Back to" }).click();
    await say(bob, "hello, room");
    await message(cyd, "hello, room").waitFor();
    expect(await bubbles(cyd)).to.deep.equal(["hello, room"]);
    expect(await cyd.locator("#private").isVisible()).to.equal(false);
    expect(await bubbles(ann)).to.deep.equal(["just between us", "of course"]);
    await ann.getByRole("button", { name: "Back to" }).click();
    await message(ann, "hello, room").waitFor();
  });

  it("finds private messages that came while the window was closed, with their history", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await writeTo(ann, "Bob");
    await say(ann, "one");
    await bob.locator("#private-list li", { hasText: "Ann" }).getByRole("button").click();
    await message(bob, "one").waitFor();
    await bob.goto("about:blank");
    await people(ann).getByText("Bob", { exact: true }).waitFor({ state: "detached" });
    await say(ann, "two");
    await message(ann, "two").getByText("Sent").waitFor();
    await bob.goBack();
    await status(bob, "Connected");
    const row = bob.locator("#private-list li", { hasText: "Ann" });
    await row.getByText("new messages").waitFor({ state: "attached" });
    await row.getByRole("button").click();
    await message(bob, "two").waitFor();
    expect(await bubbles(bob)).to.deep.equal(["one", "two"]);
  });

  it("marks under the last message of ours that it was received and read, when the other has seen it", async () => {
    const ann = await openWindow("Ann");
    const bob = await openWindow("Bob");
    await writeTo(ann, "Bob");
    await say(ann, "one");
    await message(ann, "one").getByText("Delivered", { exact: true }).waitFor();
    await bob.locator("#private-list li", { hasText: "Ann" }).getByRole("button").click();
    await message(ann, "one").getByText("Read", { exact: true }).waitFor();
    await say(ann, "two");
    await message(ann, "two").getByText("Read", { exact: true }).waitFor();
    expect(await message(ann, "one").locator(".delivery").textContent()).to.equal("");
  });

  it("says in a room by whom it was read", async () => {
    const [ann, bob] = [await openWindow("Ann"), await openWindow("Bob")];
    await people(ann).getByText("Bob", { exact: true }).waitFor();
    await say(ann, "hi");
    await message(bob, "hi").waitFor();
    await message(ann, "hi").getByText("Read by Bob", { exact: true }).waitFor();
  });
}
