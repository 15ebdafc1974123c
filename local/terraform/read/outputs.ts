import { Unresolvable } from "../unresolvable.ts";
import type { LocalEndpoint } from "./local-endpoint.ts";
import type { Reading } from "./reading.ts";

export interface Outputs {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Outputs about resources that mean nothing here: the address of a web site, say. */
  readonly notServed: readonly string[];
}

export function readOutputs(reading: Reading, endpoint: LocalEndpoint): Outputs {
  const outputs: Record<string, unknown> = {};
  const notServed: string[] = [];
  for (const name of Object.keys(reading.resolver.file.outputs)) {
    try {
      outputs[name] = endpoint.all(reading.resolver.output(name));
    } catch (error) {
      if (!(error instanceof Unresolvable)) throw error;
      if (error.notServed) notServed.push(`output.${name}`);
      else reading.problems.add(...error.problems);
    }
  }
  return { outputs, notServed };
}
