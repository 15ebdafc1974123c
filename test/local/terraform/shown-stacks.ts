// What `terraform show -json` says of the visitors' stack, as a plan and as a state, with something changed in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "#local/stack.ts";
import { readStack } from "#local/terraform/read-stack.ts";
import { TestDirectory } from "../support/running-lambda.ts";
import { type Editable, where } from "./edited-fixture.ts";

export const visitors = join(import.meta.dirname, "../../fixtures/terraform/visitors");

/** In a directory of the suite's own. */
export function useShownStacks() {
  const directory = new TestDirectory();
  after(() => directory.remove());

  /** The plan or state with something changed in it. */
  async function shown(
    file: "plan.json" | "state.json",
    edit: (json: Editable) => void,
    folder = "without-sources",
  ): Promise<Stack> {
    const json = JSON.parse(readFileSync(join(visitors, file), "utf8"));
    edit(json);
    const zips = Object.fromEntries(
      ["connect.zip", "message.zip"].map((name) => [name, readFileSync(join(visitors, "build", name))]),
    );
    directory.write(join(folder, "build"), zips);
    const target = directory.write(folder, { [file]: JSON.stringify(json) });
    return await readStack(join(target, file), where);
  }

  return { directory, shown };
}

export const list = (of: Editable | undefined): Editable[] => of as unknown as Editable[];

/** In the configuration, where no other place is given. */
export const resource = (
  json: Editable,
  ...[address, place = json.configuration?.root_module]: [string, Editable?]
): Editable => list(place?.resources).find((one) => String(one.address) === address) as Editable;

/** What the plan is about to do with it. */
export const change = (json: Editable, address: string): Editable =>
  list(json.resource_changes).find((one) => String(one.address) === address)?.change as Editable;
