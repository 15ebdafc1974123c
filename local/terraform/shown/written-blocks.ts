// The blocks of a resource as its `.tf` file has them, `dynamic` ones unrolled: the nth of a plan is the nth that is written.
import type { Expression } from "../expression/syntax.ts";
import type { HclBlock, HclBody } from "../hcl/parse-hcl.ts";

/** What `setting.key` and `setting.value` mean in a dynamic block: the item at this place of its for_each. */
export interface BlockIterator {
  readonly name: string;
  readonly forEach: Expression;
  readonly at: number;
}

export interface Written {
  /** undefined: a list of blocks. */
  readonly body: HclBody | undefined;
  /** Of the dynamic blocks around it, the outermost first. */
  readonly iterators: readonly BlockIterator[];
  /** The blocks of this type in it. */
  blocks(type: string): Written;
  /** Of a list. */
  item(at: number): Written | undefined;
}

export function writtenBody(body: HclBody | undefined, iterators: readonly BlockIterator[] = []): Written | undefined {
  if (!body) return undefined;
  return { body, iterators, blocks: (type) => writtenBlocks(body, type, iterators), item: () => undefined };
}

function writtenBlocks(parent: HclBody, type: string, iterators: readonly BlockIterator[]): Written {
  const plain = parent.blocks.filter((block) => block.type === type);
  const dynamic = parent.blocks.find((block) => block.type === "dynamic" && block.labels[0] === type);
  const item = (at: number): Written | undefined =>
    dynamic && at >= plain.length
      ? unrolled(dynamic, type, at - plain.length, iterators)
      : writtenBody(plain[at]?.body, iterators);
  return { body: undefined, iterators, blocks: (inner) => writtenBlocks(emptyBody, inner, iterators), item };
}

const emptyBody: HclBody = { attributes: new Map(), blocks: [] };

function unrolled(
  { body }: HclBlock,
  type: string,
  at: number,
  iterators: readonly BlockIterator[],
): Written | undefined {
  const forEach = body.attributes.get("for_each");
  const content = body.blocks.find((block) => block.type === "content")?.body;
  const named = body.attributes.get("iterator");
  const name = named?.kind === "name" ? named.name : type;
  return forEach && writtenBody(content, [...iterators, { name, forEach, at }]);
}
