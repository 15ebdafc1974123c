// Finding the stage a request means. One port serves all APIs of the file, as one domain serves one API on AWS: a host name
// that starts with an API's id names that API, a custom domain what it is mapped to, any other name means every API.
import { hostName } from "#local/host-check.ts";
import type { CustomDomain } from "#local/stack.ts";
import { CustomDomains, type FoundDomain } from "./custom-domains.ts";
import { type AddressedRequest, pathSegments, type RequestTarget, targetBehind } from "./request-target.ts";
import type { ServedStage } from "./served-stage.ts";

export class ServedStages {
  #stages: readonly ServedStage[];
  #domains: CustomDomains;

  constructor(stages: readonly ServedStage[], domains: readonly CustomDomain[]) {
    this.#stages = stages;
    this.#domains = new CustomDomains(domains);
  }

  /** A stage that is there still stays the same object, because connections hold on to it: their next message takes its new routes. */
  replace(stages: readonly ServedStage[], domains: readonly CustomDomain[]): void {
    const known = this.#stages;
    this.#stages = stages.map((next) => {
      const same = known.find(({ apiId, name }) => apiId === next.apiId && name === next.name);
      return same ? Object.assign(same, next) : next;
    });
    this.#domains = new CustomDomains(domains);
  }

  has(stage: ServedStage): boolean {
    return this.#stages.includes(stage);
  }

  isCustomDomain(hostHeader: string | undefined): boolean {
    return this.#domains.find(hostHeader) !== undefined;
  }

  /** undefined: nothing of this gateway has such a path. */
  find({ headers: { host }, url = "" }: AddressedRequest): RequestTarget | undefined {
    const path = pathSegments(url);
    const domain = this.#domains.find(host);
    if (domain) return this.#behindDomain(domain, path);
    const [stageName, ...rest] = path;
    return stageName === undefined ? undefined : targetBehind({ stages: this.#called(host, stageName) }, rest);
  }

  #behindDomain(domain: FoundDomain, path: readonly string[]): RequestTarget | undefined {
    const { mapping, rest = [] } = domain.mappingOf(path) ?? {};
    if (!mapping) return undefined;
    const stages = this.#stages.filter(({ apiId, name }) => apiId === mapping.apiId && name === mapping.stage);
    const called = { name: domain.name, lowerCaseHeaders: mapping.key.includes("/") };
    return targetBehind({ stages, domain: called }, rest) ?? { kind: "nowhere", rest: rest.join("/") };
  }

  #called(host: string | undefined, stageName: string): ServedStage[] {
    const named = this.#stages.filter(({ name }) => name === stageName);
    const [label, ...domain] = hostName(host).split(".");
    const isAws = domain[0] === "execute-api";
    if (!isAws && domain.at(-1) !== "localhost") return named;
    return named.filter(({ apiId, defaultEndpoint }) => apiId === label && (defaultEndpoint || !isAws));
  }
}
