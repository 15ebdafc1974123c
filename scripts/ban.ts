// `npm run ban`: somebody is to go, and – a user – not to come back. Uses the operator's own AWS credentials.
import { openBans } from "#aws/open-bans.ts";
import { red, UsageError } from "#infra/command-line.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { type Order, readOrder, USAGE } from "./ban-order.ts";

async function carryOut(order: Order): Promise<void> {
  const { stage, aws } = loadStage(order.stageFile);
  const connectionsTable = `websocket-api-${stage}-connections`;
  const managementUrl = order.what === "lift" ? undefined : order.managementUrl;
  const { bans, closer, close } = openBans({ region: aws.region, connectionsTable, managementUrl });
  const table = `the table ${connectionsTable} in ${aws.region}`;
  try {
    if (order.what === "lift") {
      const lifted = await at(table, bans.lift(order.id));
      console.log(lifted ? `${order.id} may connect to ${stage} again.` : `${order.id} was not banned from ${stage}.`);
      return;
    }
    // first the ban: who comes back between is refused
    const connections = order.what === "user" ? await at(table, bans.ban(order.id)) : [order.id];
    if (order.what === "user") console.log(`${order.id} cannot connect to ${stage} any more.`);
    await endAll(connections, (connection) => at(order.managementUrl, closer.close(connection)));
  } finally {
    close();
  }
}

/** One that cannot be ended does not keep the others. */
async function endAll(connections: readonly string[], end: (connection: string) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (const connection of connections) {
    await end(connection).catch((error: Error) => failures.push(`${connection}: ${error.message}`));
  }
  const ended = connections.length - failures.length;
  if (ended > 0 || failures.length === 0) console.log(`${ended} connection${ended === 1 ? "" : "s"} ended.`);
  if (failures.length > 0) throw new Error(`${failures.length} not ended; run it again.\n  ${failures.join("\n  ")}`);
}

/** The SDK's words do not say where, nor what is to be done. */
async function at<T>(place: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (thrown) {
    const { name, message } = thrown as Error;
    if (name === "CredentialsProviderError") {
      throw new Error("there are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    const hint = name === "ResourceNotFoundException" ? "; is the stage deployed, in this account?" : "";
    throw new Error(`${place}: ${message}${hint}`);
  }
}

// On Node 20 the SDK tells of its own plans, which are no business of who bans somebody. To go when package.json asks for Node 22.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
try {
  const order = readOrder(process.argv.slice(2));
  if (order) await carryOut(order);
  else console.log(USAGE);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(`${red(usage ? "usage:" : "not done:")} ${(error as Error).message}`);
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
