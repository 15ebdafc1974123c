// npm run stage: look at stage files as the stack will see them.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { endWithReader, parseOptions, red, UsageError } from "#infra/command-line.ts";
import { findStages, stageFile } from "#infra/stage-file/find-stages.ts";
import { loadStage } from "#infra/stage-file/load-stage.ts";
import { formatProblem, StageFileError } from "#infra/stage-file/problem.ts";
import type { StageConfig } from "#infra/stage-file/schema.ts";
import { SCHEMA_FILE, writeStageSchema } from "./stage-schema.ts";
import { unwritable } from "./unwritable.mjs";

const STAGES = path.relative(process.cwd(), fileURLToPath(new URL("../stages", import.meta.url))) || ".";

const HELP = `Usage: npm run stage -- <command>

  show <stage|file>       the stage with all it inherits, as JSON
  list                    the stages of ${STAGES}/ and what tells them apart
  check [stage|file …]    what is wrong with them (default: all of them)
  schema                  writes ${path.join(STAGES, SCHEMA_FILE)}, which editors use for completion

Exit status: 0 all is well, 1 a stage file is wrong, 2 the command is.`;

function main(args: string[]): void {
  const { values, positionals } = parseOptions({
    args,
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [name, ...operands] = positionals;
  const command = COMMANDS.get(name ?? "");
  if (command === undefined)
    throw new UsageError(name === undefined ? "a command is missing" : `unknown command "${name}"`);
  command(operands);
}

function show(operands: readonly string[]): void {
  const [stage] = operands;
  if (stage === undefined || operands.length > 1) throw new UsageError("show takes one stage, such as: show dev");
  console.log(JSON.stringify(loadStage(stageFile(stage, STAGES)), null, 2));
}

function list(): void {
  const rows = findStages(STAGES).map((file) => row(loadStage(file)));
  const header = ["STAGE", "REGION", "ROUTES", "FUNCTIONS", "BURST/RATE", "LOG LEVEL", "RETENTION"];
  const widths = header.map((title, at) =>
    Math.max(...[title, ...rows.map((cells) => cells[at] ?? "")].map((c) => c.length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(styleText("bold", line(header)));
  for (const cells of rows) console.log(line(cells));
}

function row(stage: StageConfig): string[] {
  return [
    stage.stage,
    stage.aws.region,
    String(Object.keys(stage.routes).length),
    String(Object.keys(stage.functions).length),
    `${stage.throttle.burst}/${stage.throttle.rate}`,
    stage.logs.level,
    `${stage.logs.retentionDays} days`,
  ];
}

function check(operands: readonly string[]): void {
  const files = operands.length > 0 ? operands.map((name) => stageFile(name, STAGES)) : findStages(STAGES);
  for (const file of files) {
    try {
      loadStage(file);
      console.log(`${styleText("green", "ok")}  ${file}`);
    } catch (error) {
      complain(error);
    }
  }
}

function schema(): void {
  const changed = writeStageSchema(STAGES);
  console.log(`${path.join(STAGES, SCHEMA_FILE)} ${changed ? "written" : "is up to date"}`);
}

function complain(error: unknown): void {
  if (error instanceof StageFileError) {
    process.exitCode = 1;
    for (const problem of error.problems) console.error(red(formatProblem(problem)));
  } else if (error instanceof UsageError) {
    process.exitCode = 2;
    console.error(`${red(error.message)}\n\n${HELP}`);
  } else {
    const why = unwritable(error);
    if (why === undefined) throw error;
    process.exitCode = 1;
    console.error(red(why));
  }
}

const COMMANDS: ReadonlyMap<string, (operands: readonly string[]) => void> = new Map([
  ["show", show],
  ["list", list],
  ["check", check],
  ["schema", schema],
]);

endWithReader();
try {
  main(process.argv.slice(2));
} catch (error) {
  complain(error);
}
