import { expect } from "chai";
import { resource, synthesized } from "./synthesized.ts";

describe("the stack of a stage", () => {
  const plain = synthesized();

  describe("has tables", () => {
    it("with their keys and indexes", () => {
      expect(resource(plain, "aws_dynamodb_table.memberships")).to.deep.equal({
        name: "websocket-api-dev-memberships",
        billing_mode: "PAY_PER_REQUEST",
        hash_key: "conversationShard",
        range_key: "connectionId",
        attribute: [
          { name: "connectionId", type: "S" },
          { name: "conversationShard", type: "S" },
        ],
        global_secondary_index: [
          {
            name: "connectionId-index",
            hash_key: "connectionId",
            range_key: "conversationShard",
            projection_type: "KEYS_ONLY",
          },
        ],
        ttl: { attribute_name: "ttl", enabled: true },
        server_side_encryption: { enabled: true },
        point_in_time_recovery: { enabled: false },
        deletion_protection_enabled: false,
      });
      expect(resource(plain, "aws_dynamodb_table.connections").global_secondary_index).to.deep.equal([
        { name: "userId-index", hash_key: "userId", projection_type: "ALL" },
        { name: "name-index", hash_key: "name", projection_type: "ALL" },
      ]);
      expect(resource(plain, "aws_dynamodb_table.messages")).to.deep.include({
        hash_key: "conversation",
        range_key: "seq",
        attribute: [
          { name: "conversation", type: "S" },
          { name: "seq", type: "N" },
        ],
      });
    });

    it("that are protected where the stage says so", () => {
      const safe = synthesized({ tables: { pointInTimeRecovery: true, deletionProtection: true } });
      for (const table of Object.values(safe.resource.aws_dynamodb_table ?? {}))
        expect(table).to.deep.include({ point_in_time_recovery: { enabled: true }, deletion_protection_enabled: true });
    });
  });

  describe("has a provider", () => {
    it("with Region and tags for everything", () => {
      expect(plain.provider.aws).to.deep.equal([
        { region: "us-east-1", default_tags: [{ tags: { Environment: "test", Stack: "websocket-api-dev" } }] },
      ]);
    });

    it("that touches no other account than the stage's", () => {
      const [aws] = synthesized({ aws: { accountId: "123456789012" } }).provider.aws;
      expect(aws).to.deep.include({ allowed_account_ids: ["123456789012"] });
    });
  });

  describe("keeps its state", () => {
    it("beside the output directory, by a path that is the same on every machine", () => {
      expect(plain.terraform.backend).to.deep.equal({
        local: { path: "../../../terraform.websocket-api-dev.tfstate" },
      });
    });

    it("in the team's bucket, locked, if the stage names one", () => {
      const { terraform } = synthesized({ state: { bucket: "team-state", region: "eu-west-1" } });
      expect(terraform).to.deep.include({
        backend: {
          s3: {
            bucket: "team-state",
            region: "eu-west-1",
            key: "websocket-api-dev.tfstate",
            encrypt: true,
            use_lockfile: true,
          },
        },
        required_version: ">= 1.10",
      });
    });
  });

  it("says where it answers and what its tables are called", () => {
    expect(Object.fromEntries(Object.entries(plain.output).map(([name, { value }]) => [name, value]))).to.deep.equal({
      webSocketUrl: "${aws_apigatewayv2_stage.stage.invoke_url}",
      managementUrl: '${replace(aws_apigatewayv2_api.api.api_endpoint, "/^ws/", "http")}/dev',
      connectionsTable: "${aws_dynamodb_table.connections.name}",
      membershipsTable: "${aws_dynamodb_table.memberships.name}",
      messagesTable: "${aws_dynamodb_table.messages.name}",
    });
  });
});
