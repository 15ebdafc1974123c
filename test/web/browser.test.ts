import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildWeb } from "#scripts/build-web.ts";
import { serveWeb } from "#scripts/serve-web.ts";
import { ProtocolServer } from "#test/client/protocol-server.ts";
import { chatPageSuite } from "./chat-page-suite.ts";

describe("chat page in Chromium", () => {
  chatPageSuite(async () => {
    const directory = await mkdtemp(join(tmpdir(), "chat-page-"));
    await buildWeb({ outdir: directory });
    const api = await ProtocolServer.start();
    const page = await serveWeb({ port: 0, webSocketUrl: api.url, directory });
    return {
      url: page.url,
      async close() {
        await page.close();
        await api.close();
        await rm(directory, { recursive: true });
      },
    };
  });
});
