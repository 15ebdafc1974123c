// DynamoDB's attribute values, read and written by the few types our rows have. The SDK's own marshaller would add as much to the bundle as all of our code.
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Row = Record<string, AttributeValue>;

export function text(row: Row, attribute: string): string {
  const value = row[attribute]?.S;
  if (value === undefined) throw new Error(`row without ${attribute}: ${JSON.stringify(row)}`);
  return value;
}

export function optionalText(row: Row, attribute: string): string | undefined {
  return row[attribute]?.S;
}

export function number(row: Row, attribute: string): number {
  const value = row[attribute]?.N;
  if (value === undefined) throw new Error(`row without ${attribute}: ${JSON.stringify(row)}`);
  return Number(value);
}

export function texts(row: Row, attribute: string): readonly string[] {
  return row[attribute]?.SS ?? [];
}

/** The attributes that are there: what is undefined is left out of the row. */
export function textAttributes(values: Readonly<Record<string, string | undefined>>): Row {
  const row: Row = {};
  for (const [attribute, value] of Object.entries(values)) {
    if (value !== undefined) row[attribute] = { S: value };
  }
  return row;
}

/** As `textAttributes`, with numbers. */
export function plainAttributes(values: Readonly<Record<string, string | number | undefined>>): Row {
  const row: Row = {};
  for (const [attribute, value] of Object.entries(values)) {
    if (value !== undefined) row[attribute] = typeof value === "number" ? { N: String(value) } : { S: value };
  }
  return row;
}

/** DynamoDB's TTL counts in whole seconds (aws facts §11.2). */
export function epochSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** Expired rows stay readable until DynamoDB gets to them, which may take days (aws facts §11.2). */
export function isAlive(row: Row, nowMs: number): boolean {
  const ttl = row.ttl?.N;
  return ttl === undefined || Number(ttl) > epochSeconds(nowMs);
}
