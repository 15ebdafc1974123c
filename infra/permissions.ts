// What a function may do: functions/<bundle>/permissions.json, written by whoever writes the function.
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { didYouMean } from "./stage-file/did-you-mean.ts";
import { displayPath } from "./stage-file/display-path.ts";
import { whatsRight } from "./stage-file/whats-right.ts";
import { SynthError } from "./synth-error.ts";
import { TABLES } from "./table-definitions.ts";

const ACTIONS_ON_INDEX = ["Query"] as const;
const ACTIONS = [
  ...ACTIONS_ON_INDEX,
  "GetItem",
  "BatchGetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchWriteItem",
  "ConditionCheckItem",
] as const;

/** `table` and `table/index`, all there are. */
const RESOURCES = Object.entries(TABLES).flatMap(([table, { indexes }]) => [
  table,
  ...Object.keys(indexes).map((index) => `${table}/${index}`),
]);

const PermissionsSchema = z
  .strictObject({
    tables: z.record(z.string(), z.array(z.enum(ACTIONS)).min(1, "at least one action")).default({}),
    manageConnections: z.array(z.enum(["GET", "POST", "DELETE"])).default([]),
    invoke: z.array(z.string().min(1)).default([]),
  })
  .superRefine(({ tables }, context) => {
    for (const [resource, actions] of Object.entries(tables)) {
      const message = wrongWith(resource, actions);
      if (message !== undefined) context.addIssue({ code: "custom", path: ["tables", resource], message });
    }
  });

/** DynamoDB actions by `table` or `table/index`, methods of the @connections API, and functions of the stage by their names. */
export type Permissions = z.output<typeof PermissionsSchema>;

export function readPermissions(functionsDir: string, bundle: string): Permissions {
  const file = path.join(functionsDir, bundle, "permissions.json");
  const result = PermissionsSchema.safeParse(readJson(file), { error: whatsRight });
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path: at, message }) => `  /${at.join("/")}  expected ${message}`);
  throw new SynthError(`${displayPath(file)} is wrong:\n${problems.join("\n")}`);
}

function wrongWith(resource: string, actions: readonly string[]): string | undefined {
  if (!RESOURCES.includes(resource)) return `${didYouMean(resource, RESOURCES)}One of ${RESOURCES.join(", ")}`;
  const readOnly =
    resource.includes("/") && actions.some((action) => !ACTIONS_ON_INDEX.some((known) => known === action));
  return readOnly ? `${ACTIONS_ON_INDEX.join(", ")} only: nothing else can be done to an index` : undefined;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    const example = '{ "tables": { "connections": ["PutItem"] }, "manageConnections": ["POST"] }';
    throw new SynthError(
      `${displayPath(file)} is missing. It says what the function may do: ${example}, or {} for nothing.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SynthError(`${displayPath(file)} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
