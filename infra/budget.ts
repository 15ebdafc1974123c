import { BudgetsBudget } from "@cdktf/provider-aws/lib/budgets-budget/index.js";
import { Construct } from "constructs";
import type { AlarmTopic } from "./alarm-topic.ts";
import type { StageConfig } from "./stage-file/schema.ts";
import { STACK_TAG } from "./stage-stack.ts";

export interface BudgetProps {
  /** The value of the stack's tag. */
  readonly stackName: string;
  readonly budget: NonNullable<StageConfig["budget"]>;
  readonly topic: AlarmTopic;
}

/** What the stage may cost in a month. It counts what carries the stack's tag, once that tag is active for cost allocation. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { stackName, budget, topic }: BudgetProps) {
    super(scope, id);
    const tell = {
      comparisonOperator: "GREATER_THAN",
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: [topic.arn],
    };
    new BudgetsBudget(this, "Resource", {
      name: stackName,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: budget.monthlyUsd.toFixed(2),
      limitUnit: "USD",
      costFilter: [{ name: "TagKeyValue", values: [`user:${STACK_TAG}$${stackName}`] }],
      notification: [
        { ...tell, notificationType: "FORECASTED", threshold: budget.forecastPercent },
        { ...tell, notificationType: "ACTUAL", threshold: 100 },
      ],
    });
  }
}
