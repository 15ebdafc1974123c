import { expect } from "chai";
import { formatSummary, summarize } from "#scripts/deploy/plan-summary.ts";

const change = (address: string, ...actions: string[]) => {
  const [type] = address.split(".");
  return { address, type, mode: "managed", change: { actions } };
};

describe("the summary of a plan", () => {
  const plan = {
    resource_changes: [
      change("aws_apigatewayv2_route.typing", "create"),
      change("aws_apigatewayv2_route.other", "create"),
      change("aws_lambda_permission.typing", "create"),
      change("aws_apigatewayv2_stage.stage", "update"),
      change("aws_apigatewayv2_deployment.deployment", "create", "delete"),
      change("aws_cloudwatch_dashboard.dashboard", "delete"),
      change("aws_dynamodb_table.messages", "delete", "create"),
      change("aws_dynamodb_table.connections", "no-op"),
      { ...change("data.aws_partition.p", "read"), mode: "data" },
    ],
  };

  it("counts, and says first what would be lost", () => {
    expect(formatSummary(summarize(plan)).split("\n")).to.deep.equal([
      "What these keep would be lost:",
      "  lost    aws_dynamodb_table.messages",
      "3 to create, 1 to update, 2 to replace, 1 to delete",
      "  replace aws_apigatewayv2_deployment.deployment",
      "  replace aws_dynamodb_table.messages",
      "  delete  aws_cloudwatch_dashboard.dashboard",
      "  update  aws_apigatewayv2_stage.stage",
      "  create  2 aws_apigatewayv2_route",
      "  create  1 aws_lambda_permission",
    ]);
  });

  it("loses nothing by replacing what keeps nothing", () => {
    const harmless = [change("aws_apigatewayv2_deployment.deployment", "create", "delete")];
    expect(summarize({ resource_changes: harmless }).lost).to.deep.equal([]);
  });

  it("counts what goes by its types when a whole stage goes", () => {
    const going = ["aws_lambda_alias.a", "aws_lambda_alias.b", "aws_cognito_user_pool.users"];
    const gone = { resource_changes: going.map((address) => change(address, "delete")) };
    expect(formatSummary(summarize(gone)).split("\n")).to.deep.equal([
      "What these keep would be lost:",
      "  lost    aws_cognito_user_pool.users",
      "0 to create, 0 to update, 0 to replace, 3 to delete",
      "  delete  2 aws_lambda_alias",
      "  delete  1 aws_cognito_user_pool",
    ]);
  });

  it("is empty for a plan without resources", () => {
    expect(formatSummary(summarize({}))).to.equal("0 to create, 0 to update, 0 to replace, 0 to delete");
  });
});
