// What infra/ synthesizes today is what the reader must read: the two meet only in the file.
import { expect } from "chai";
import { synthesize } from "#infra/synthesize.ts";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { Bundles, temporaryFolder } from "#test/infra/synthesized.ts";
import { StageFolder } from "#test/stages/stage-folder.ts";

async function read(settings: object): Promise<Stack> {
  const [synthesized] = synthesize({
    stageFiles: [new StageFolder().stage(settings)],
    outdir: temporaryFolder(),
    ...new Bundles(),
  });
  return await readStack(synthesized?.file ?? "", { apiEndpoint: "ws://127.0.0.1:3001" });
}

describe("the stack that infra/ synthesizes", () => {
  it("is served whole", async () => {
    const stack = await read({});
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

  it("is served by its own domain, and its functions find the way past the name", async () => {
    const stack = await read({ domain: { name: "ws.example.org", hostedZoneId: "Z0123456789ABCDEFGHIJ" } });
    const [api] = stack.apis;
    const mappings = [{ key: "", apiId: api?.id, stage: api?.stages[0]?.name }];
    expect(stack.domains).to.deep.equal([
      { address: "aws_apigatewayv2_domain_name.domain", name: "ws.example.org", mappings },
    ]);
    expect(api?.defaultEndpoint).to.equal(false);
    for (const { name, environment } of stack.functions)
      expect(environment.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI, name).to.equal(
        `http://127.0.0.1:3001/${api?.stages[0]?.name}`,
      );
  });
});
