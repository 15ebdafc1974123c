// The command line of `npm run ban`.
import path from "node:path";
import { parseOptions, UsageError } from "#infra/command-line.ts";
import { check } from "#protocol/check-shape.ts";
import { USER_ID } from "#protocol/definitions.ts";
import { root } from "./root.ts";

export const USAGE = `npm run ban -- user ID | connection ID | lift ID  [--stage NAME] [--management-url URL]

  user ID               nobody connects as this user any more, and all connections they have are ended
  connection ID         ends one connection; whoever had it may connect again
  lift ID               the user may connect again

  --stage NAME          the stage of stages/ (default: dev)
  --stage-file FILE     a stage file anywhere, instead of --stage
  --management-url URL  where connections are ended, for user and connection: the stage's output managementUrl,
                        https://….amazonaws.com/prod, or http://127.0.0.1:3001/dev
  --help                this text

Of your credentials it needs dynamodb:UpdateItem on the stage's table of connections, and
execute-api:ManageConnections. For a stage on this machine set AWS_ENDPOINT_URL_DYNAMODB, too.

Exit status: 0 done, 1 not or not all of it – run it again –, 2 the command is wrong.`;

export type Order = { readonly id: string; readonly stageFile: string } & (
  | { readonly what: "user" | "connection"; readonly managementUrl: string }
  | { readonly what: "lift" }
);

/** @returns undefined when only help is asked for */
export function readOrder(args: string[]): Order | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [what, id, ...more] = positionals;
  if (what !== "user" && what !== "connection" && what !== "lift") {
    const found = what === undefined ? "" : `, not ${JSON.stringify(what)}`;
    throw new UsageError(`Say whom: user, connection or lift${found}.`);
  }
  if (id === undefined || id === "" || more.length > 0) throw new UsageError(`Give one id after ${what}.`);
  if (values.stage !== undefined && values["stage-file"] !== undefined) {
    throw new UsageError("Give --stage or --stage-file, not both.");
  }
  const stageFile = values["stage-file"] ?? path.join(root, "stages", `${values.stage ?? "dev"}.json`);
  if (what !== "connection") requireUserId(id);
  if (what === "lift") return { what, id, stageFile };
  return { what, id, stageFile, managementUrl: managementUrl(values["management-url"]) };
}

function parsed(args: string[]) {
  const text = { type: "string" } as const;
  const options = { stage: text, "stage-file": text, "management-url": text, help: { type: "boolean" } } as const;
  return parseOptions({ args, allowPositionals: true, options });
}

/** A slip would ban somebody who cannot be, and let the one who is meant stay. */
function requireUserId(id: string): void {
  const wrong = new UsageError(`${JSON.stringify(id)} can be nobody's user id.`);
  try {
    if (check(USER_ID, id, "id") === id) return;
  } catch {
    throw wrong;
  }
  throw wrong;
}

function managementUrl(text: string | undefined): string {
  const right = "it is the stage's output managementUrl, such as https://….amazonaws.com/prod";
  if (text === undefined) throw new UsageError(`--management-url is missing: ${right}.`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRight = (url?.protocol === "https:" || url?.protocol === "http:") && url.pathname !== "/";
  if (!isRight) throw new UsageError(`--management-url is ${JSON.stringify(text)}: ${right}.`);
  return text;
}
