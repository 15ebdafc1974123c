import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { StackError } from "#local/terraform/stack-error.ts";
import { readTerraformFile } from "#local/terraform/terraform-file.ts";

describe("Terraform JSON file", () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "terraform-"));
  });

  after(() => rm(directory, { recursive: true }));

  async function problemsOf(text: string): Promise<readonly string[]> {
    const file = join(directory, "cdk.tf.json");
    await writeFile(file, text);
    const error = await readTerraformFile(file).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(StackError);
    expect(error.message).to.match(/^.*cdk\.tf\.json cannot be served \(\d+ problems?\):\n {2}- /);
    return error.problems;
  }

  it("is refused when it is missing", async () => {
    const error = await readTerraformFile(join(directory, "none.json")).catch((thrown) => thrown);
    expect(error.problems).to.deep.equal(["there is no such file; synthesize it first"]);
  });

  it("is refused with line and column when it is no JSON", async () => {
    expect(await problemsOf('{\n  "resource": {,}\n}')).to.deep.equal([
      "it is not JSON: ValueExpected at 2:16 (line:column)",
    ]);
    expect((await problemsOf(""))[0]).to.match(/^it is not JSON: .* at 1:1 /);
    expect(await problemsOf(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)).to.deep.equal([
      "it is nested too deep to be read",
    ]);
  });

  it("is refused when it is something else", async () => {
    expect(await problemsOf("[]")).to.deep.equal(["it is not a JSON object, so no Terraform file"]);
    expect((await problemsOf('{"a":1}'))[0]).to.contain('there is no "resource" in it');
    expect((await problemsOf('{"format_version":"1.2"}'))[0]).to.contain("this state is empty");
  });

  it("is refused with every resource that is none", async () => {
    expect(await problemsOf('{"resource":{"aws_x":{"a":[{},{}],"b":3}}}')).to.deep.equal([
      "aws_x.a: expected one object, found a list of 2",
      "aws_x.b: expected one object, found 3",
    ]);
  });
});
