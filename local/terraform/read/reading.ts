import type { Resolver } from "../resolver.ts";
import type { Block } from "../terraform-file.ts";
import { planInstead } from "../written-file.ts";
import { Fields, Problems } from "./fields.ts";

/** What the readers of this folder share: the resources by type, and where problems go. */
export class Reading {
  readonly problems = new Problems();
  /** Settings without an effect here, of resources that are served; named once at start. */
  readonly withoutEffect: string[] = [];
  /** Addresses of resources that are no type of their own here, and that others are made of. */
  readonly served = new Set<string>();
  readonly resolver: Resolver;
  /** The Terraform file's: what paths in it are relative to. */
  readonly directory: string;
  readonly #byType = new Map<string, readonly Fields[]>();

  constructor(resolver: Resolver) {
    this.resolver = resolver;
    this.directory = resolver.file.directory;
  }

  resources(type: string): readonly Fields[] {
    return this.#blocks(type, this.resolver.file.resources, type);
  }

  /** Takes note of the settings among these that the resource has. */
  hasNoEffect(fields: Fields, names: readonly string[]): void {
    for (const name of names) {
      const value = fields.value(name) || undefined;
      const isEmpty = typeof value === "object" && Object.keys(value).length === 0;
      if (value !== undefined && !isEmpty) this.withoutEffect.push(`${fields.place}: ${name}`);
    }
  }

  dataSources(type: string): readonly Fields[] {
    return this.#blocks(`data.${type}`, this.resolver.file.data, type);
  }

  #blocks(key: string, all: readonly Block[], type: string): readonly Fields[] {
    const known = this.#byType.get(key);
    if (known) return known;
    const fields = all.filter((block) => block.type === type).map((block) => this.#fields(block));
    this.#byType.set(key, fields);
    return fields;
  }

  #fields(block: Block): Fields {
    for (const repetition of ["count", "for_each"]) {
      if (block.body[repetition] === undefined) continue;
      this.problems.add(
        `${block.address}: ${repetition} is not resolved here; write one resource for each, or ${planInstead}`,
      );
    }
    return new Fields(block.address, this.problems, (name) => this.resolver.attribute(block, name));
  }
}
