// JSON does not tell blocks from arguments, and Terraform looks that up in the provider's schema. The bindings know it, too: it is in what they
// give cdktf's own writer of HCL, which cannot be used itself (docs/adr/0004).
import { DefaultTokenResolver, StringConcat, TerraformElement, type TerraformStack, Tokenization } from "cdktf";
import { fields } from "../stage-file/fields.ts";

/** The arguments that are blocks, each with those within it. */
export interface NestedBlocks {
  readonly [argument: string]: NestedBlocks;
}

/** By the address of what has them: `aws_lambda_function.message`, `data.aws_partition.current`, `provider.aws`. */
export function nestedBlocks(stack: TerraformStack): ReadonlyMap<string, NestedBlocks> {
  const options = { scope: stack, resolver: new DefaultTokenResolver(new StringConcat()) };
  const found = new Map<string, NestedBlocks>();
  for (const element of stack.node.findAll()) {
    if (!TerraformElement.isTerraformElement(element)) continue;
    const { resource, data, provider } = Tokenization.resolve(element.toHclTerraform(), options);
    note(found, "", fields(resource));
    note(found, "data.", fields(data));
    for (const [name, all] of Object.entries(fields(provider))) found.set(`provider.${name}`, blocksIn(all));
  }
  return found;
}

function note(found: Map<string, NestedBlocks>, prefix: string, types: Record<string, unknown>): void {
  for (const [type, named] of Object.entries(types))
    for (const [name, args] of Object.entries(fields(named))) found.set(`${prefix}${type}.${name}`, blocksIn(args));
}

/** Of one block, or of several of the same name. */
function blocksIn(described: unknown): NestedBlocks {
  const all = Array.isArray(described) ? described : [described];
  const found: Record<string, NestedBlocks> = {};
  for (const [name, about] of all.flatMap((each) => Object.entries(fields(each)))) {
    const { isBlock, is_block = isBlock, value } = fields(about);
    // of a provider, cdktf spells it its other way
    if (is_block === true) found[name] = { ...found[name], ...blocksIn(value) };
  }
  return found;
}
