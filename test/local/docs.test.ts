// docs/local.md says what the code says, where that can be compared.
import { readFileSync } from "node:fs";
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
