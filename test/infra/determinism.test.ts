import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { strFromU8, unzipSync } from "fflate";
import { synthesize } from "#infra/synthesize.ts";
import { contents } from "../support/contents.ts";
import { Bundles, temporaryFolder } from "./synthesized.ts";

const STAGES = fileURLToPath(new URL("../../stages", import.meta.url));
const stageFiles = ["dev", "staging", "prod"].map((stage) => path.join(STAGES, `${stage}.json`));

function inTimeZone<T>(zone: string, work: () => T): T {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

describe("synthesis", () => {
  it("writes the same bytes anywhere, any time, in any time zone", () => {
    const first = temporaryFolder();
    const second = path.join(temporaryFolder(), "another", "depth", "cdktf.out");
    const [bundles, sameBundles] = [Bundles.ofProject(), Bundles.ofProject()];
    for (const name of readdirSync(sameBundles.distDir))
      utimesSync(path.join(sameBundles.distDir, name, "index.mjs"), 1_000_000_000, 1_000_000_000);

    inTimeZone("Pacific/Kiritimati", () => synthesize({ stageFiles, outdir: first, ...bundles }));
    inTimeZone("America/Anchorage", () => synthesize({ stageFiles, outdir: second, ...sameBundles }));
    expect(contents(first)).to.deep.equal(contents(second));
    const files = Object.keys(contents(first)).map((file) => file.replaceAll(path.sep, "/"));
    expect(files).to.include.members([
      "manifest.json",
      "stacks/websocket-api-dev/cdk.tf.json",
      "stacks/websocket-api-prod/assets/message.zip",
      "stacks/websocket-api-prod/assets/web/index.html",
      "stacks/websocket-api-prod/cdk.tf.json",
    ]);
  });

  it("names nothing of this machine", () => {
    const outdir = temporaryFolder();
    const bundles = Bundles.ofProject();
    for (const { file } of synthesize({ stageFiles, outdir, ...bundles })) {
      const text = readFileSync(file, "utf8");
      for (const folder of [outdir, bundles.distDir, process.cwd()]) expect(text).not.to.include(folder);
    }
  });

  it("writes again over what it wrote, and leaves no zip of a bundle that is gone", () => {
    const outdir = temporaryFolder();
    const bundles = Bundles.ofProject();
    mkdirSync(path.join(outdir, "stacks", "websocket-api-dev", "assets", "old.zip"), { recursive: true });
    const [stack] = synthesize({ stageFiles: stageFiles.slice(0, 1), outdir, ...bundles });
    const zips = readdirSync(path.join(stack?.directory ?? "", "assets"));
    expect(zips).to.include.members(["connect.zip", "disconnect.zip", "message.zip"]).and.not.include("old.zip");
  });

  it("zips all files of a bundle, readable for Lambda, and hashes the zip", () => {
    const bundles = Bundles.ofProject();
    bundles.build("message", "export const answer = 42;\n", "parts/answer.mjs");
    const [stack] = synthesize({ stageFiles: stageFiles.slice(0, 1), outdir: temporaryFolder(), ...bundles });
    const zip = readFileSync(path.join(stack?.directory ?? "", "assets", "message.zip"));
    const files = unzipSync(zip);
    expect(Object.keys(files)).to.deep.equal(["index.mjs", "parts/answer.mjs"]);
    expect(strFromU8(files["parts/answer.mjs"] ?? new Uint8Array())).to.equal("export const answer = 42;\n");
    // The external attributes of the first central directory entry: Unix mode in the upper half.
    const entry = zip.indexOf(Buffer.from("PK\x01\x02", "latin1"));
    expect((zip.readUInt32LE(entry + 38) >>> 16) & 0o777).to.equal(0o644);

    const { resource } = JSON.parse(readFileSync(stack?.file ?? "", "utf8"));
    const hash = createHash("sha256").update(zip).digest("base64");
    expect(resource.aws_lambda_function.message.source_code_hash).to.equal(hash);
  });
});
