// Custom domains of the stack: names of their own, behind which the beginning of the path says which stage is meant (aws facts §1.9).
import { hostName } from "#local/host-check.ts";
import type { ApiMapping, CustomDomain } from "#local/stack.ts";

/** By which a client came. */
export interface CalledDomain {
  /** As AWS has it: without a port. */
  readonly name: string;
  readonly lowerCaseHeaders: boolean;
}

export interface FoundDomain {
  readonly name: string;
  /** The mapping of the path, and what is left of it; undefined: no key is its beginning. */
  mappingOf(path: readonly string[]): { readonly mapping: ApiMapping; readonly rest: readonly string[] } | undefined;
}

export class CustomDomains {
  /** The longest key first. */
  readonly #mappings: ReadonlyMap<string, readonly ApiMapping[]>;

  constructor(domains: readonly CustomDomain[]) {
    this.#mappings = new Map(
      domains.map(({ name, mappings }) => [name, mappings.toSorted((a, b) => b.key.length - a.key.length)]),
    );
  }

  /** With any port. Below `localhost` a name needs no entry in /etc/hosts: `chat.example.com.localhost`. */
  find(hostHeader: string | undefined): FoundDomain | undefined {
    if (this.#mappings.size === 0) return undefined;
    const name = hostName(hostHeader).replace(/\.localhost$/, "");
    const mappings = this.#mappings.get(name) ?? this.#mappings.get(name.replace(/^[^.]+/, "*"));
    return mappings && { name, mappingOf: (path) => longestMapping(mappings, path) };
  }
}

function longestMapping(
  mappings: readonly ApiMapping[],
  path: readonly string[],
): ReturnType<FoundDomain["mappingOf"]> {
  for (const mapping of mappings) {
    const levels = mapping.key === "" ? [] : mapping.key.split("/");
    if (levels.every((level, at) => path[at] === level)) return { mapping, rest: path.slice(levels.length) };
  }
  return undefined;
}
