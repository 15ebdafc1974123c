// The chat page in a real browser, on everything that `npm start` starts.
import { chatPageSuite } from "#test/web/chat-page-suite.ts";
import { startProduct } from "./running-product.ts";

describe("npm start, and the chat page", () => {
  chatPageSuite(async () => {
    const product = await startProduct(["--quiet"]);
    return {
      url: product.pageUrl,
      close: async () => {
        await product.stop();
      },
    };
  });
});
