import { dirname } from "node:path";
import type { Resolver } from "../resolver.ts";
import type { Block } from "../terraform-file.ts";
import { Fields, Problems } from "./fields.ts";

/** What the readers of this folder share: the resources by type, and where problems go. */
export class Reading {
  readonly problems = new Problems();
  readonly resolver: Resolver;
  /** The Terraform file's: what paths in it are relative to. */
  readonly directory: string;
  readonly #byType = new Map<string, readonly Fields[]>();

  constructor(resolver: Resolver) {
    this.resolver = resolver;
    this.directory = dirname(resolver.file.path);
  }

  resources(type: string): readonly Fields[] {
    const known = this.#byType.get(type);
    if (known) return known;
    const blocks = this.resolver.file.resources.filter((block) => block.type === type);
    const resources = blocks.map((block) => this.#resource(block));
    this.#byType.set(type, resources);
    return resources;
  }

  #resource(block: Block): Fields {
    for (const repetition of ["count", "for_each"]) {
      if (block.body[repetition] === undefined) continue;
      this.problems.add(`${block.address}: ${repetition} is not served; write one resource for each`);
    }
    return new Fields(block.address, this.problems, (name) => this.resolver.attribute(block, name));
  }
}
