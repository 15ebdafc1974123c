// Finding the stage a request means. One port serves all APIs of the file, as one domain serves one API on AWS: a host name
// that starts with an API's id names that API, any other name means every API.
import { hostName } from "./host-check.ts";
import type { ServedStage } from "./served-stage.ts";

export class ServedStages {
  #stages: readonly ServedStage[];

  constructor(stages: readonly ServedStage[]) {
    this.#stages = stages;
  }

  /** A stage that is there still stays the same object, because connections hold on to it: their next message takes its new routes. */
  replace(stages: readonly ServedStage[]): void {
    const known = this.#stages;
    this.#stages = stages.map((next) => {
      const same = known.find(({ apiId, name }) => apiId === next.apiId && name === next.name);
      return same ? Object.assign(same, next) : next;
    });
  }

  has(stage: ServedStage): boolean {
    return this.#stages.includes(stage);
  }

  /** Several when APIs have stages of the same name and the host does not say which is meant. */
  find(hostHeader: string | undefined, stageName: string): ServedStage[] {
    const named = this.#stages.filter(({ name }) => name === stageName);
    const [label, ...domain] = hostName(hostHeader).split(".");
    if (domain.at(-1) !== "localhost" && domain[0] !== "execute-api") return named;
    return named.filter(({ apiId }) => apiId === label);
  }
}
