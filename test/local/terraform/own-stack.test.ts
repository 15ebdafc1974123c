// What infra/ synthesizes today is what the reader must read: the two meet only in the file.
import { expect } from "chai";
import { synthesize } from "#infra/synthesize.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { Bundles, temporaryFolder } from "#test/infra/synthesized.ts";
import { StageFolder } from "#test/stages/stage-folder.ts";

describe("the stack that infra/ synthesizes", () => {
  it("is served whole", async () => {
    const [synthesized] = synthesize({
      stageFiles: [new StageFolder().stage({})],
      outdir: temporaryFolder(),
      ...new Bundles(),
    });
    const stack = await readStack(synthesized?.file ?? "", { apiEndpoint: "ws://127.0.0.1:3001" });
    const [stage] = stack.apis[0]?.stages ?? [];
    expect(stack.notServed).to.deep.equal([]);
    expect(stage?.deployed).to.equal(true);
    expect(stage?.throttle?.burst).to.be.greaterThan(0);
    expect(stage?.routes.map(({ key }) => key)).to.include.members(["$connect", "$disconnect", "$default"]);
    expect(stage?.routes.filter(({ integration }) => integration?.functionName === undefined)).to.deep.equal([]);
    expect(stack.tables.map(({ ttlAttribute }) => ttlAttribute)).to.deep.equal(["ttl", "ttl", "ttl"]);
    for (const { name, environment, role } of stack.functions) {
      expect(environment.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI, name).to.equal(
        `http://127.0.0.1:3001/${stage?.name}`,
      );
      expect(role?.policies[0]?.statements, name).not.to.deep.equal([]);
    }
  });
});
