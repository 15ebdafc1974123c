import { expect } from "chai";
import { StackError } from "#local/terraform/stack-error.ts";
import { readTerraformFile, type TerraformFile } from "#local/terraform/terraform-file.ts";
import { TestDirectory } from "../support/running-lambda.ts";

describe("a directory of Terraform JSON", () => {
  const directory = new TestDirectory();
  let count = 0;
  after(() => directory.remove());

  const read = (files: Record<string, object | string>): Promise<TerraformFile> => {
    const texts = Object.entries(files).map(([name, json]) => [
      name,
      typeof json === "string" ? json : JSON.stringify(json),
    ]);
    count += 1;
    return readTerraformFile(directory.write(`${count}`, Object.fromEntries(texts)));
  };
  const problemsOf = async (files: Record<string, object | string>): Promise<readonly string[]> => {
    const error = await read(files).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(StackError);
    return error.problems;
  };

  it("is all its files together", async () => {
    const file = await read({
      "a.tf.json": { resource: { aws_x: { one: { size: 1 } } }, provider: { aws: { region: "a" } } },
      "b.tf.json": {
        resource: [{ aws_x: { two: {} } }, { aws_y: { one: {} } }],
        provider: { aws: [{ alias: "b", region: "b" }] },
      },
      "notes.json": { resource: { aws_x: { three: {} } } },
    });
    expect(file.resources.map(({ address }) => address)).to.have.members(["aws_x.one", "aws_x.two", "aws_y.one"]);
    expect(file.providers.aws).to.deep.equal([{ region: "a" }, { alias: "b", region: "b" }]);
  });

  it("takes override files last, attribute by attribute", async () => {
    const { resources } = await read({
      "a_override.tf.json": { resource: { aws_x: { one: { size: 2, tags: ["z"] } } } },
      "b.tf.json": { resource: { aws_x: { one: { size: 1, name: "x", tags: ["a", "b"] } } } },
    });
    expect(resources[0]?.body).to.deep.equal({ size: 2, name: "x", tags: ["z"] });
  });

  it("gives variables the values of tfvars files, the automatic ones last", async () => {
    const { variables } = await read({
      "main.tf.json": { resource: {}, variable: { a: { default: 0 }, b: {}, c: { default: 0 } } },
      "terraform.tfvars.json": { a: 1, b: 1, undeclared: 1 },
      "later.auto.tfvars.json": { b: 2 },
    });
    expect(variables).to.deep.equal({ a: { default: 1 }, b: { default: 2 }, c: { default: 0 } });
  });

  it("is refused when two files say the same", async () => {
    const same = { resource: { aws_x: { one: {} } }, output: { url: { value: "x" } } };
    expect(await problemsOf({ "a.tf.json": same, "b.tf.json": same })).to.deep.equal([
      "b.tf.json: resource.aws_x.one is already in another file",
      "b.tf.json: output.url is already in another file",
    ]);
  });

  it("is refused with HCL in it, without any Terraform, and with modules, with what to do instead", async () => {
    const [hcl] = await problemsOf({ "main.tf": "", "a.tf.json": { resource: {} } });
    expect(hcl).to.match(/^main\.tf: HCL is not read here.*terraform show -json tfplan > plan\.json$/);
    expect(await problemsOf({ "notes.json": {} })).to.deep.equal(["there is no *.tf.json in this directory"]);
    const [module] = await problemsOf({ "a.tf.json": { resource: {}, module: { chat: { source: "./chat" } } } });
    expect(module).to.match(/^module\.chat: modules are not resolved here; .*terraform show -json/);
  });
});
