// A synthesized cdk.tf.json as the rules see it.
import { readFileSync } from "node:fs";
import { type Fields, fields } from "../stage-file/fields.ts";

export interface Resource {
  readonly type: string;
  readonly name: string;
  /** As Terraform calls it: `aws_lambda_function.message`. */
  readonly address: string;
  readonly args: Fields;
  /** Rules it need not keep → why. */
  readonly exempt: Fields;
}

export class StackFile {
  readonly all: readonly Resource[];

  constructor(content: unknown) {
    const { resource, provider, terraform } = fields(content);
    const resources = Object.entries(fields(resource)).flatMap(([type, byName]) =>
      Object.entries(fields(byName)).map(([name, args]) => resourceOf(type, name, fields(args))),
    );
    const providers = blocks(fields(provider).aws).map((args, at) => resourceOf("provider", `aws-${at}`, args));
    const backends = Object.entries(fields(fields(terraform).backend)).map(([kind, args]) =>
      resourceOf("backend", kind, fields(args)),
    );
    this.all = [...resources, ...providers, ...backends];
  }

  ofType(type: string): readonly Resource[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /** Resources of a type that name another one in an argument: the versioning of a bucket, the policy of a queue. */
  of(type: string, argument: string, { address }: Resource): readonly Resource[] {
    return this.ofType(type).filter(({ args }) => refersTo(args[argument], address));
  }
}

export function readStackFile(file: string): StackFile {
  return new StackFile(JSON.parse(readFileSync(file, "utf8")));
}

/** Nested blocks: one may stand without a list around it. */
export function blocks(value: unknown): readonly Fields[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(fields);
}

/** The only one of its kind, or nothing. */
export function block(value: unknown): Fields {
  return blocks(value)[0] ?? {};
}

function refersTo(value: unknown, address: string): boolean {
  return typeof value === "string" && value.includes(`\${${address}.`);
}

function resourceOf(type: string, name: string, { "//": notes, ...args }: Fields): Resource {
  return { type, name, address: `${type}.${name}`, args, exempt: fields(fields(notes).exempt) };
}
