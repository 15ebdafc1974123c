// Who may import whom: the table of docs/architecture.md, read from there and held here.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { root } from "#scripts/root.ts";

const FOLDERS = ["protocol", "chat", "aws", "functions", "infra", "local", "client", "web", "scripts"];

/** Folder → what it may import besides itself: our folders, packages, `node` for Node's own modules. */
function allowedImports(): Map<string, readonly string[]> {
  const text = readFileSync(path.join(root, "docs", "architecture.md"), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)\/` \|[^|]*\|([^|]*)\|$/gm)];
  return new Map(
    rows.map(([, folder = "", imports = ""]) => [folder, [...imports.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? "")]),
  );
}

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => path.join(folder, file));
}

/** What an import names: a folder of ours, `node`, or a package. */
function targetsOf(file: string): { readonly specifier: string; readonly target: string }[] {
  const text = readFileSync(path.join(root, file), "utf8");
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\s*\(\s*"([^"]+)"|(?:^|\n)import\s+"([^"]+)"/g,
    ),
  ];
  return found.map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    return { specifier, target: targetOf(file, specifier) };
  });
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith("#")) return specifier.slice(1).split("/")[0] ?? "";
  if (specifier.startsWith("."))
    return path.normalize(path.join(path.dirname(file), specifier)).split(path.sep)[0] ?? "";
  if (specifier.startsWith("node:")) return "node";
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

describe("the folders", () => {
  const allowed = allowedImports();

  it("are all in the table", () => {
    expect([...allowed.keys()]).to.include.members(FOLDERS);
  });

  for (const folder of FOLDERS) {
    it(`${folder}/ imports only what the table allows`, () => {
      const may = new Set([folder, ...(allowed.get(folder) ?? [])]);
      const wrong = sourcesOf(folder).flatMap((file) =>
        targetsOf(file)
          .filter(({ target }) => !may.has(target))
          .map(({ specifier }) => `${file}: ${specifier}`),
      );
      expect(wrong).to.deep.equal([]);
    });
  }

  it("reach the AWS provider by deep imports only: its root loads 2,200 modules", () => {
    const wrong = FOLDERS.flatMap(sourcesOf).flatMap((file) =>
      targetsOf(file).filter(
        ({ specifier }) =>
          specifier === "@cdktf/provider-aws" || /^@cdktf\/provider-aws\/(lib\/?)?(index(\.js)?)?$/.test(specifier),
      ),
    );
    expect(wrong).to.deep.equal([]);
  });

  it("a Lambda folder is a handler and its permissions", () => {
    for (const name of ["all", "authorize", "connect", "disconnect", "fanout", "message"]) {
      expect(readdirSync(path.join(root, "functions", name)).sort()).to.deep.equal(["handler.ts", "permissions.json"]);
    }
  });
});
