// The root of the provider package loads all of AWS: seconds and hundreds of megabytes for the dozen resources we use.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const INFRA = fileURLToPath(new URL("../../infra", import.meta.url));

describe("infra/", () => {
  it("imports the AWS provider by deep paths only", () => {
    const files = readdirSync(INFRA, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const imports = files.flatMap((name) => {
      const text = readFileSync(path.join(INFRA, name), "utf8");
      return [...text.matchAll(/["'](@cdktf\/provider-aws[^"']*)["']/g)].map(([, from]) => `${name}: ${from}`);
    });
    expect(imports).to.have.length.above(10);
    expect(imports.filter((line) => !/: @cdktf\/provider-aws\/lib\/[a-z0-9-]+\/index\.js$/.test(line))).to.deep.equal(
      [],
    );
  });
});
