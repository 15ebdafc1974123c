#!/usr/bin/env node
// Stands in for OpenTofu in deploy-tofu.test.ts: notes how it was called, and does as FAKE_* say.
import { appendFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const args = process.argv.slice(2);
const {
  FAKE_CALLS = "",
  FAKE_VERSION = "1.10.0",
  FAKE_NO_BUCKET,
  FAKE_SLOW,
  FAKE_INTERRUPTED,
  FAKE_OUTPUTS,
} = process.env;
appendFileSync(FAKE_CALLS, `${JSON.stringify({ args, cwd: process.cwd() })}\n`);

/** @param {string} text */
const print = (text) => process.stdout.write(`${text}\n`);
const change = { address: "aws_sqs_queue.q", type: "aws_sqs_queue", mode: "managed", change: { actions: ["create"] } };

/** @type {Record<string, () => void>} */
const commands = {
  version: () => print(JSON.stringify({ terraform_version: FAKE_VERSION })),
  init() {
    if (!FAKE_NO_BUCKET) return;
    print('Error: Failed to get existing workspaces: S3 bucket "team-state" does not exist.');
    process.exitCode = 1;
  },
  plan() {
    const out = args.find((arg) => arg.startsWith("-out=")) ?? "";
    writeFileSync(out.slice("-out=".length), "the state, and all values");
    process.exitCode = 2;
  },
  show: () => print(JSON.stringify({ resource_changes: [change] })),
  apply() {
    if (FAKE_SLOW) {
      const busy = setInterval(() => {}, 1000);
      process.once("SIGINT", () => {
        clearInterval(busy);
        print("aws_sqs_queue.q: Creation complete");
        process.exitCode = 1;
      });
    }
    print("aws_sqs_queue.q: Creating...");
  },
  output: () => print(FAKE_OUTPUTS ?? "{}"),
};

// Ctrl-C, which comes to all of the group, and too late for this one: it does what it was called for.
if (FAKE_INTERRUPTED === `${path.basename(process.cwd())} ${args[0]}`) {
  process.once("SIGINT", () => {});
  process.kill(0, "SIGINT");
}
commands[args[0] ?? ""]?.();
