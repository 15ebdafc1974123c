// docs/local.md says what the code says, where that can be compared.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { defaultLimits } from "#local/websocket/limits.ts";
import { usage } from "#scripts/local-options.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/local.md"), "utf8");

describe("docs/local.md", () => {
  it("shows the --help of today", () => {
    expect(text).to.include(`\`\`\`\n${usage}\n\`\`\``);
  });

  it("names the table and the function of the examples as the stage dev does", () => {
    const names = [...text.matchAll(/(?:--table-name|--function-name|aws\/lambda\/) ?([\w-]+)/g)].map(
      ([, name]) => name,
    );
    expect(names).to.have.length(3);
    for (const name of names) expect(name).to.match(/^websocket-api-dev-(connections|message)$/);
  });

  describe("compares with AWS in rows that", () => {
    const [, table = ""] = /## Supported against AWS([\s\S]*?)\n## /.exec(text) ?? [];
    const rows = [...table.matchAll(/^\| (.+) \| (.*) \| (.+) \|$/gm)]
      .slice(2)
      .map(([, what = "", here = "", fact = ""]) => ({
        what,
        here,
        sections: [...fact.matchAll(/(\d+(?:\.\d+)?)/g)].map(([number]) => number),
      }));

    it("name facts, of which the sources are told", () => {
      expect(rows.length).to.be.greaterThan(40);
      const [, sources = ""] = text.split("## Sources");
      const told = new Set(
        [...sources.matchAll(/^\| ([\d–]+) \|/gm)].flatMap(([, range = ""]) => {
          const [first = 0, last = first] = range.split("–").map(Number);
          return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
        }),
      );
      for (const { what, sections } of rows) {
        expect(sections, what).not.to.deep.equal([]);
        expect([...told], what).to.include.members(sections.map((section) => section.split(".")[0]));
      }
    });

    it("have a test in the conformance suite, where all is as on AWS", () => {
      const suite = join(import.meta.dirname, "../conformance");
      const titles = readdirSync(suite)
        .filter((name) => name.endsWith(".test.ts"))
        .flatMap((name) => readFileSync(join(suite, name), "utf8").match(/§\d+(\.\d+)?/g) ?? []);
      const claimed = rows.filter(
        ({ here, sections: [first = ""] }) => here.startsWith("✔") && Number.parseInt(first, 10) < 8,
      );
      expect(claimed.length).to.be.greaterThan(15);
      for (const { what, sections } of claimed) {
        const tested = sections.some((section) => titles.some((title) => title.startsWith(`§${section}`)));
        expect(tested, what).to.equal(true);
      }
    });
  });

  it("tells the limits as they are", () => {
    const { frameBytes, messageBytes, idleMs, lifeMs, urlCharacters, clientBufferBytes } = defaultLimits;
    for (const part of [
      `${frameBytes / 1024} KB frame`,
      `${messageBytes / 1024} KB message`,
      `idle ${idleMs / 60_000} min`,
      `life ${lifeMs / 3_600_000} h`,
      `${urlCharacters.toLocaleString("en")} characters`,
      `${clientBufferBytes / 1024 ** 2} MiB`,
    ]) {
      expect(text).to.include(part);
    }
  });
});
