// What is deployed: each bundle on its own, in a process that has nothing else.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Bundle, buildFunctions } from "#scripts/build-functions.ts";
import { root } from "#scripts/root.ts";

const environment = JSON.parse(readFileSync(path.join(root, "bench", "function-environment.json"), "utf8"));
const tokens = {
  AUTH_MODE: "jwt",
  AUTH_ISSUER: "https://issuer.example.com",
  AUTH_AUDIENCE: "chat",
  AUTH_USE: "id",
  AUTH_USER_ID_CLAIM: "sub",
};

describe("the bundles", () => {
  let bundles: readonly Bundle[];
  before(async () => {
    bundles = await buildFunctions(root);
  });

  const load = (file: string, env: Record<string, string>) =>
    promisify(execFile)(
      process.execPath,
      ["--input-type=module", "-e", "console.log(typeof (await import(process.argv[1])).handler)", file],
      { env: { PATH: process.env.PATH ?? "", ...env } },
    );

  it("are one for each Lambda", () => {
    expect(bundles.map(({ name }) => name)).to.deep.equal([
      "all",
      "authorize",
      "connect",
      "disconnect",
      "fanout",
      "message",
    ]);
  });

  it("load and export a handler", async () => {
    for (const { name, file } of bundles) {
      const env = name === "authorize" ? { ...environment, ...tokens } : environment;
      expect((await load(file, env)).stdout.trim(), name).to.equal("function");
    }
  });

  it("are no larger than 400 KB", () => {
    for (const { name, bytes } of bundles) expect(bytes, name).to.be.below(400_000);
  });

  it("say at once everything that their environment lacks", async () => {
    const message = bundles.find(({ name }) => name === "message");
    const failure = await load(message?.file ?? "", { AWS_REGION: "us-east-1" }).catch((error) => error);
    for (const variable of ["CONNECTIONS_TABLE", "MESSAGES_TABLE", "MEMBERSHIP_SHARDS", "POST_CONCURRENCY"]) {
      expect(failure.stderr).to.include(variable);
    }
  });
});
