// Finding the stage a request means. One port serves all APIs of the file, as one domain serves one API on AWS: a host name
// that starts with an API's id names that API, any other name means every API.
import { hostName } from "./host-check.ts";
import type { ServedStage } from "./served-stage.ts";

export class ServedStages {
  readonly #stages: readonly ServedStage[];

  constructor(stages: readonly ServedStage[]) {
    this.#stages = stages;
  }

  /** Several when APIs have stages of the same name and the host does not say which is meant. */
  find(hostHeader: string | undefined, stageName: string): ServedStage[] {
    const named = this.#stages.filter(({ name }) => name === stageName);
    const [label, ...domain] = hostName(hostHeader).split(".");
    if (domain.at(-1) !== "localhost" && domain[0] !== "execute-api") return named;
    return named.filter(({ apiId }) => apiId === label);
  }

  [Symbol.iterator](): Iterator<ServedStage> {
    return this.#stages[Symbol.iterator]();
  }
}
