// `npm run ban`: somebody is to go, and – a user – not to come back. Uses the operator's own AWS credentials.
import path from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { openBans } from "#aws/open-bans.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { root } from "./root.ts";

const USAGE = `npm run ban -- user ID | connection ID | lift USER-ID  --management-url URL [--stage NAME]

  user ID               nobody connects as this user any more, and all connections they have are ended
  connection ID         ends one connection; whoever had it may connect again
  lift ID               the user may connect again

  --stage NAME          the stage of stages/ (default: dev)
  --stage-file FILE     a stage file anywhere, instead of --stage
  --management-url URL  the stage's output managementUrl: https://….amazonaws.com/prod, or http://127.0.0.1:3001/dev
  --help                this text

Of your credentials it needs dynamodb:UpdateItem on the stage's table of connections, and
execute-api:ManageConnections. For a stage on this machine set AWS_ENDPOINT_URL_DYNAMODB, too.

Exit status: 0 done, 1 not or not all of it – run it again –, 2 the command is wrong.`;

interface Order {
  readonly what: "user" | "connection" | "lift";
  readonly id: string;
  readonly stageFile: string;
  readonly managementUrl: string;
}

class UsageError extends Error {}

function readOrder(args: string[]): Order | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [what, id, ...more] = positionals;
  if (what !== "user" && what !== "connection" && what !== "lift")
    throw new UsageError(
      `Say whom: user, connection or lift${what === undefined ? "" : `, not ${JSON.stringify(what)}`}.`,
    );
  if (id === undefined || id === "" || more.length > 0) throw new UsageError(`Give one id after ${what}.`);
  const managementUrl = values["management-url"];
  if (managementUrl === undefined || !URL.canParse(managementUrl))
    throw new UsageError("--management-url is missing or no URL: it is an output of the stage's stack.");
  const stageFile = values["stage-file"] ?? path.join(root, "stages", `${values.stage ?? "dev"}.json`);
  return { what, id, managementUrl, stageFile };
}

function parsed(args: string[]) {
  const text = { type: "string" } as const;
  const options = { stage: text, "stage-file": text, "management-url": text, help: { type: "boolean" } } as const;
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function carryOut({ what, id, stageFile, managementUrl }: Order): Promise<void> {
  const { stage, aws } = loadStage(stageFile);
  const connectionsTable = `websocket-api-${stage}-connections`;
  const { bans, closer, close } = openBans({ region: aws.region, connectionsTable, managementUrl });
  try {
    if (what === "lift") {
      const lifted = await bans.lift(id);
      console.log(lifted ? `${id} may connect to ${stage} again.` : `${id} was not banned from ${stage}.`);
      return;
    }
    // first the ban: who comes back between is refused
    const connections = what === "user" ? await bans.ban(id) : [id];
    if (what === "user") console.log(`${id} cannot connect to ${stage} any more.`);
    for (const connection of connections) await closer.close(connection);
    console.log(`${connections.length} connection${connections.length === 1 ? "" : "s"} ended.`);
  } finally {
    close();
  }
}

try {
  const order = readOrder(process.argv.slice(2));
  if (order) await carryOut(order);
  else console.log(USAGE);
} catch (error) {
  const usage = error instanceof UsageError;
  console.error(`${pc.red(usage ? "usage:" : "not done:")} ${(error as Error).message}`);
  if (usage) console.error(`\n${USAGE}`);
  process.exitCode = usage ? 2 : 1;
}
