/** A resource or data source whose attributes AWS would make up; reads its configured ones. */
export interface Subject {
  readonly address: string;
  /** The last part of the address. */
  readonly label: string;
  readonly region: string;
  readonly accountId: string;
  readonly partition: string;
  /** undefined when it has no value. */
  attribute(name: string): unknown;
  /** As text; empty when it has no value. */
  text(name: string): string;
  /** The same at each start. */
  id(length?: number): string;
  /** `arn:aws:<service>:<region>:<account>:<resource>` */
  arn(service: string, resource: string): string;
}

/** Each is worked out when asked for; a configured attribute of that name comes first, so defaults stand here too. */
export type ComputedAttributes = Readonly<Record<string, () => unknown>>;

/** By resource type; a data source's type begins with `data.`. */
export type AttributesByType = Readonly<Record<string, (subject: Subject) => ComputedAttributes>>;
