import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { itemsOfGroup, openRounds, storedRounds } from "./rounds-on-disk.ts";

const program = fileURLToPath(new URL("rounds-on-disk.ts", import.meta.url));

describe("a data directory whose process was killed between two moments of a transaction", () => {
  let path: string;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "dynamodb-"));
  });

  afterEach(() => rm(path, { recursive: true }));

  async function killWhileWriting(): Promise<void> {
    const child = spawn(process.execPath, ["--import", "tsx", program, path], { stdio: ["ignore", "pipe", "inherit"] });
    const exited = once(child, "exit");
    await Promise.race([once(child.stdout, "data"), exited]);
    child.kill("SIGKILL");
    expect((await exited)[1]).to.equal("SIGKILL");
  }

  it("has all of it or nothing, in the table and in the index", async () => {
    for (let killed = 1; killed <= 3; killed++) {
      await killWhileWriting();
      const store = await openRounds(path);
      const groups = await storedRounds(store);
      await store.close();
      expect(Math.max(...groups.map(({ items: [round = 0] }) => round))).to.be.at.least(10 * killed);
      for (const { items, rows } of groups) {
        expect(items).to.deep.equal(items[0] === undefined ? [] : Array(itemsOfGroup).fill(items[0]));
        expect(rows).to.deep.equal(items);
      }
    }
  });
});
