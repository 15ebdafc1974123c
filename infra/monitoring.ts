import type { Construct } from "constructs";
import type { Account } from "./account.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import { Alarms } from "./alarms.ts";
import { Budget } from "./budget.ts";
import type { CustomerKey } from "./customer-key.ts";
import { Dashboard } from "./dashboard.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { SavedQueries } from "./saved-queries.ts";
import type { Stage } from "./stage.ts";
import type { StageConfig } from "./stage-file/schema.ts";

export interface MonitoringProps {
  readonly stage: Stage;
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly config: StageConfig;
  readonly account: Account;
  readonly key: CustomerKey | undefined;
}

/** What the stage file asks for to watch over a stage. */
export function createMonitoring(scope: Construct, { stage, functions, config, account, key }: MonitoringProps): void {
  const { alarms, budget } = config;
  if (alarms !== undefined) {
    const topic = new AlarmTopic(scope, "alarm-topic", { stage: config.stage, account, alarms, key });
    new Alarms(scope, "alarms", { stage, functions, topic, thresholds: alarms });
    if (budget !== undefined) new Budget(scope, "budget", { stackName: scope.node.id, budget, topic });
  }
  if (config.dashboard) new Dashboard(scope, "dashboard", { stage, functions, config });
  if (config.savedQueries) new SavedQueries(scope, "queries", stage, functions.values());
}
