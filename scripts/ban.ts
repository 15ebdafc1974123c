// `npm run ban`: somebody is to go, and – a user – not to come back. Uses the operator's own AWS credentials.
import { type Ended, endConnections } from "#aws/end-connections.ts";
import { openBans } from "#aws/open-bans.ts";
import { endWithReader, red, UsageError } from "#infra/command-line.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { type Order, readOrder, USAGE } from "./ban-order.ts";

/** Who waits longer is told what for. */
const PATIENCE_MS = 2_000;

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
    const itsCloser: typeof closer = { close: (connection) => at(order.managementUrl, closer.close(connection)) };
    if (order.what === "connection") {
      report(
        await endConnections([{ connectionId: order.id, connectedAt: 0 }], {
          closer: itsCloser,
          noted: async () => [],
        }),
      );
      return;
    }
    // first the ban: who comes back between is refused
    const noted = () => at(table, bans.ban(order.id));
    const devices = await noted();
    console.log(`${order.id} cannot connect to ${stage} any more.`);
    const patience = setTimeout(() => console.log("Waiting for connections that are being opened."), PATIENCE_MS);
    const ended = endConnections(devices, { closer: itsCloser, noted });
    report(await ended.finally(() => clearTimeout(patience)));
  } finally {
    close();
  }
}

function report({ ended, gone, failed }: Ended): void {
  const wasGone = gone === 0 ? "" : `, ${gone} ${gone === 1 ? "was" : "were"} not there`;
  if (ended > 0 || failed.size === 0) console.log(`${ended} connection${ended === 1 ? "" : "s"} ended${wasGone}.`);
  if (failed.size === 0) return;
  const failures = [...failed].map(([connection, { message }]) => `${connection}: ${message}`);
  throw new Error(`${failures.length} not ended; run it again.\n  ${failures.join("\n  ")}`);
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
// what has begun is carried out all the same: who is banned must not stay connected
endWithReader(() => {});
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
