// Each replaced system as one stage file: `npm start` runs it, and a recorded conversation plays the system's client against it, frame by
// frame – through the synthesized Terraform, real sockets, the bundles in their workers and the embedded database.
import path from "node:path";
import { expect } from "chai";
import { root } from "#scripts/root.ts";
import { readConversation } from "./recorded/conversation.ts";
import { playConversation } from "./recorded/play-conversation.ts";
import { startProduct } from "./running-product.ts";

const EXAMPLES = path.join(root, "stages", "examples");

async function playOn(args: readonly string[], conversation: string, urlPath: string): Promise<void> {
  const product = await startProduct(["--quiet", ...args]);
  try {
    expect(new URL(product.webSocketUrl).pathname).to.equal(urlPath);
    await playConversation(readConversation(conversation), product.webSocketUrl);
  } finally {
    expect(await product.stop()).to.equal(0);
  }
}

describe("a replaced system's stage file and its client", function () {
  this.timeout(60_000);

  for (const [name, urlPath] of [
    ["walkthrough", "/production"],
    ["rooms", "/dev"],
    ["names", "/production"],
    ["message-ai", "/message-ai"],
    ["typescript-chat", "/typescript-chat"],
  ] as const) {
    it(`${name}: every frame as recorded`, () =>
      playOn(["--stage-file", path.join(EXAMPLES, `${name}.json`)], name, urlPath));
  }

  it("all five and our own client together on stage dev", () => playOn(["--stage", "dev"], "all-together", "/dev"));
});
