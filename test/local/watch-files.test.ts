import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { FileWatch } from "#local/watch-files.ts";
import { rebuildOnChange } from "#scripts/rebuild-on-change.ts";
import { TestDirectory } from "./support/running-lambda.ts";

describe("watched files", () => {
  const directory = new TestDirectory();
  let changes = 0;
  let wake = (): void => {};
  const onChange = (): void => {
    changes++;
    wake();
  };
  /** The next change that is told. */
  const told = async (change: () => void): Promise<void> => {
    const next = new Promise<void>((resolve) => {
      wake = resolve;
    });
    change();
    await next;
  };
  const watching = (...paths: string[]): FileWatch => {
    changes = 0;
    watch = new FileWatch(onChange);
    watch.watch(paths);
    return watch;
  };
  let watch: FileWatch | undefined;
  afterEach(() => watch?.close());
  after(() => directory.remove());

  it("tell of a file that is written, and of one that another replaces", async () => {
    const file = join(directory.write("a", { "f.json": "1", "other.json": "1" }), "f.json");
    watching(file);
    await told(() => appendFileSync(file, "2"));
    await told(() => {
      writeFileSync(`${file}.new`, "3");
      renameSync(`${file}.new`, file);
    });
  });

  it("tell once of many writes at once", async () => {
    const path = directory.write("b", { "index.mjs": "1" });
    watching(path);
    await told(() => {
      for (let n = 0; n < 50; n++) writeFileSync(join(path, `${n}.mjs`), "x");
    });
    expect(changes).to.equal(1);
  });

  it("tell of what lies deep in a directory", async () => {
    const path = directory.write("c/deep/deeper", { "index.mjs": "1" });
    watching(join(directory.path, "c"));
    await told(() => appendFileSync(join(path, "index.mjs"), "2"));
  });

  it("do not tell of what tools keep beside code", async () => {
    const logs = directory.write("t/.local/logs", { "f.jsonl": "1" });
    const top = directory.write("t", { "index.mjs": "1" });
    watching(top);
    appendFileSync(join(logs, "f.jsonl"), "2");
    await told(() => appendFileSync(join(top, "index.mjs"), "2"));
    appendFileSync(join(logs, "f.jsonl"), "3");
    await told(() => appendFileSync(join(top, "index.mjs"), "3"));
    expect(changes).to.equal(2);
  });

  it("do not tell of what lies deep in a directory that is watched shallowly", async () => {
    const path = directory.write("s/deep", { "log.jsonl": "1" });
    const top = directory.write("s", { "main.tf.json": "1" });
    watching().watch([], [top]);
    await told(() => appendFileSync(join(top, "main.tf.json"), "2"));
    appendFileSync(join(path, "log.jsonl"), "2");
    // A later change is told alone.
    await told(() => appendFileSync(join(top, "main.tf.json"), "3"));
    expect(changes).to.equal(2);
  });

  it("tell of a directory that goes and comes back", async () => {
    const path = directory.write("d/code", { "index.mjs": "1" });
    const watched = watching(path);
    await told(() => rmSync(path, { recursive: true }));
    watched.watch([path]);
    await told(() => {
      mkdirSync(path);
      writeFileSync(join(path, "index.mjs"), "2");
    });
  });

  it("lead to one rebuild after the other, and to another for what changes meanwhile", async () => {
    const file = join(directory.write("e", { "source.ts": "1" }), "source.ts");
    const rebuilt: string[] = [];
    let finish = (): void => {};
    const stop = rebuildOnChange({
      sources: [file],
      rebuild: () => {
        rebuilt.push("started");
        onChange();
        return new Promise<void>((_, reject) => {
          finish = () => reject(new Error("no"));
        });
      },
      onError: ({ message }) => rebuilt.push(message),
    });
    await told(() => appendFileSync(file, "2"));
    appendFileSync(file, "3");
    await told(finish);
    stop();
    finish();
    expect(rebuilt).to.deep.equal(["started", "no", "started"]);
  });
});
