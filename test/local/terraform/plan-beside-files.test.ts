import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readStack } from "#local/terraform/read-stack.ts";
import { set, where } from "./edited-fixture.ts";
import { change, list, resource, useShownStacks, visitors } from "./shown-stacks.ts";

describe("terraform show -json of a plan beside its *.tf files", () => {
  const { directory, shown } = useShownStacks();
  const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/visitors-test";

  it("has the expressions that the plan leaves out", async () => {
    const { roles, notServed, apis, functions } = await readStack(join(visitors, "plan.json"), where);
    // Terraform sorts a set, the file beside the plan does not: either may be what was read.
    const statements = roles[1]?.policies[0]?.statements.map((one) => ({
      ...one,
      actions: [...(one.actions ?? [])].sort(),
    }));
    expect(statements).to.deep.equal([
      { effect: "Allow", actions: ["dynamodb:GetItem", "dynamodb:PutItem"], resources: [table] },
      {
        effect: "Allow",
        actions: ["execute-api:ManageConnections"],
        resources: [`arn:aws:execute-api:eu-west-1:000000000000:${apis[0]?.id}/*`],
      },
    ]);
    expect(functions[0]?.permissions[0]?.sourceArn).to.match(/\/\*\/\*$/);
    expect(notServed).to.deep.equal([]);
  });

  it("knows an environment through module variables, each.key, locals and jsonencode", async () => {
    const endpoint = '"${replace(aws_apigatewayv2_api.chat.api_endpoint, "wss://", "https://")}/${var.stage}"';
    const main = readFileSync(join(visitors, "main.tf"), "utf8").replace(
      "environment       = { TABLE = aws_dynamodb_table.visitors.name }",
      `environment = {
        # Of the module's own key
        TABLE    = aws_dynamodb_table.visitors.name
        ENDPOINT = ${endpoint}
        HANDLER  = "\${each.key} is \${local.handlers[each.key].entry}"
        POLICY   = jsonencode({ table = aws_dynamodb_table.visitors.arn })
        TEXT     = <<-EOT
          first "quoted" \${join("-", ["a", "b"])}
            second
        EOT
      }`,
    );
    const module = readFileSync(join(visitors, "modules", "handler", "main.tf"), "utf8");
    directory.write("with-sources/modules/handler", { "main.tf": module });
    directory.write("with-sources", { "main.tf": main });
    const { functions } = await shown(
      "plan.json",
      (json) => {
        const address = 'module.handler["message"].aws_lambda_function.this';
        set(change(json, address).after_unknown, { environment: [{ variables: true }] });
        const inModule = list(json.planned_values?.root_module?.child_modules)[1];
        set(list(resource(json, address, inModule).values?.environment)[0], { variables: undefined });
      },
      "with-sources",
    );
    expect(functions[1]?.environment).to.deep.equal({
      TABLE: "visitors-test",
      ENDPOINT: "http://127.0.0.1:3001/test",
      HANDLER: "message is app.handler",
      POLICY: JSON.stringify({ table }),
      TEXT: 'first "quoted" a-b\n  second\n',
    });
  });
});
