// What a frame may look like, as data. One description gives the TypeScript type (`Value`), the check of what comes in
// (check-shape.ts) and the JSON Schema of the documents (json-schema.ts, not part of any bundle).

/** 1 to `most` characters, trimmed, something to be seen and no control characters among them: ids, names, rooms. `encoded` bounds it as it stands in a conversation's name. */
export interface TextShape {
  readonly kind: "text";
  readonly most: number;
  readonly encoded?: number;
}

/** A text of any kind, at most LIMITS.contentBytes long as it is written in a frame. */
export interface ContentShape {
  readonly kind: "content";
  readonly least: 0 | 1;
}

/** A text that is shown nowhere: no error repeats it. */
export interface SecretShape {
  readonly kind: "secret";
  readonly most: number;
}

export interface WholeShape {
  readonly kind: "whole";
  readonly least: number;
  readonly most: number;
}

export interface OneOfShape<V extends string | true> {
  readonly kind: "oneOf";
  readonly values: readonly V[];
}

export interface FlagShape {
  readonly kind: "flag";
}

export interface ListShape<S extends Shape = Shape> {
  readonly kind: "list";
  readonly of: S;
  readonly most: number;
}

/** Only in what we send: ISO 8601, UTC, milliseconds. */
export interface TimeShape {
  readonly kind: "time";
}

/** Any JSON values by name, at most `mostBytes` in all. */
export interface ExtraShape {
  readonly kind: "extra";
  readonly mostBytes: number;
}

export interface Optional<S extends Shape = Shape> {
  readonly kind: "optional";
  readonly of: S;
}

export type Fields = Readonly<Record<string, Shape | Optional<Shape>>>;

export interface ObjectShape<F extends Fields = Fields> {
  readonly kind: "object";
  readonly fields: F;
}

/** An object with exactly one of the fields. */
export interface ChoiceShape<F extends Readonly<Record<string, Shape>> = Readonly<Record<string, Shape>>> {
  readonly kind: "choice";
  readonly fields: F;
}

/** One of several objects, told apart by their `type`. */
export interface UnionShape<S extends ObjectShape = ObjectShape> {
  readonly kind: "union";
  readonly of: readonly S[];
}

export type Shape =
  | TextShape
  | ContentShape
  | SecretShape
  | WholeShape
  | FlagShape
  | TimeShape
  | ExtraShape
  | OneOfShape<string | true>
  | ListShape
  | ObjectShape
  | ChoiceShape
  | UnionShape;

export const text = (most: number): TextShape => ({ kind: "text", most });
export const encodedText = (most: number, encoded: number): TextShape => ({ kind: "text", most, encoded });
export const content: ContentShape = { kind: "content", least: 1 };
/** As we send it: what was deleted is empty. */
export const contentOrNone: ContentShape = { kind: "content", least: 0 };
export const secret = (most: number): SecretShape => ({ kind: "secret", most });
export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): WholeShape => ({
  kind: "whole",
  least,
  most,
});
export const flag: FlagShape = { kind: "flag" };
export const time: TimeShape = { kind: "time" };
export const extra = (mostBytes: number): ExtraShape => ({ kind: "extra", mostBytes });
export const oneOf = <const V extends string | true>(...values: readonly V[]): OneOfShape<V> => ({
  kind: "oneOf",
  values,
});
export const list = <const S extends Shape>(of: S, most: number): ListShape<S> => ({ kind: "list", of, most });
export const optional = <const S extends Shape>(of: S): Optional<S> => ({ kind: "optional", of });
export const object = <const F extends Fields>(fields: F): ObjectShape<F> => ({ kind: "object", fields });
export const choice = <const F extends Readonly<Record<string, Shape>>>(fields: F): ChoiceShape<F> => ({
  kind: "choice",
  fields,
});
export const union = <const S extends readonly ObjectShape[]>(...of: S): UnionShape<S[number]> => ({
  kind: "union",
  of,
});

type OptionalKeys<F> = { [K in keyof F]: F[K] extends Optional ? K : never }[keyof F];
type Present<S> = S extends Optional<infer Of> ? Value<Of> : Value<S>;
type Flat<T> = { [K in keyof T]: T[K] };

/** The TypeScript type of what a shape describes. */
export type Value<S> = S extends TextShape | ContentShape | SecretShape | TimeShape
  ? string
  : S extends WholeShape
    ? number
    : S extends FlagShape
      ? boolean
      : S extends ExtraShape
        ? Readonly<Record<string, unknown>>
        : S extends OneOfShape<infer V>
          ? V
          : S extends ListShape<infer Of>
            ? readonly Value<Of>[]
            : S extends UnionShape<infer Of>
              ? Value<Of>
              : S extends ChoiceShape<infer F>
                ? { [K in keyof F]: { readonly [P in K]: Value<F[K]> } }[keyof F]
                : S extends ObjectShape<infer F>
                  ? Flat<
                      { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Present<F[K]> } & {
                        readonly [K in OptionalKeys<F>]?: Present<F[K]>;
                      }
                    >
                  : never;
