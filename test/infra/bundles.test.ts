import { rmSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { SynthError } from "#infra/synth-error.ts";
import { Bundles, synthesized } from "./synthesized.ts";

function refusalOf(bundles: Bundles): string {
  try {
    synthesized({}, bundles);
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
  return "";
}

function refusalOfPermissions(permissions: unknown): string {
  const bundles = new Bundles();
  bundles.permit("message", permissions);
  return refusalOf(bundles);
}

describe("synthesis refuses", () => {
  it("bundles that were not built, all at once, and says how to build them", () => {
    const bundles = new Bundles(["other"]);
    bundles.permit("connect", {});
    bundles.permit("message", {});
    const lines = refusalOf(bundles).split("\n");
    expect(lines).to.deep.equal(
      ["connect", "message"].map(
        (name) => `${path.join(bundles.distDir, name, "index.mjs")} is missing. Build it first: npm run build`,
      ),
    );
  });

  it("functions without permissions.json, and says what belongs there", () => {
    const bundles = new Bundles();
    rmSync(path.join(bundles.functionsDir, "message", "permissions.json"));
    expect(refusalOf(bundles)).to.include("permissions.json is missing").and.include("or {} for nothing");
  });

  it("permissions that are not JSON", () => {
    expect(refusalOfPermissions("{ nope")).to.match(/message.permissions\.json is not JSON: /);
  });

  it("permissions with unknown keys, tables, actions and methods", () => {
    expect(refusalOfPermissions({ table: {} })).to.include("is wrong:");
    expect(refusalOfPermissions({ tables: { conections: ["PutItem"] } })).to.include(
      '/tables/conections  expected did you mean "connections"?',
    );
    expect(refusalOfPermissions({ tables: { connections: ["Put"] } })).to.include('did you mean "PutItem"?');
    expect(refusalOfPermissions({ manageConnections: ["PATCH"] })).to.include('One of "GET", "POST", "DELETE"');
  });

  it("a Scan: every access of this project is by key", () => {
    expect(refusalOfPermissions({ tables: { connections: ["Scan"] } })).to.include("/tables/connections/0");
  });

  it("permission to write to an index, which cannot be done", () => {
    const refusal = refusalOfPermissions({ tables: { "connections/name-index": ["PutItem"] } });
    expect(refusal).to.include("/tables/connections/name-index  expected Query only");
  });
});
