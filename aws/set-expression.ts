import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { plainAttributes } from "./table-rows.ts";

type Expression = Required<
  Pick<UpdateItemCommandInput, "UpdateExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues">
>;

/** `SET #name = :name, …` for the values that are there. Attribute names go by placeholder: `name` is a reserved word. */
export function setExpression(values: Readonly<Record<string, string | number | undefined>>): Expression {
  const row = plainAttributes(values);
  const attributes = Object.keys(row);
  return {
    UpdateExpression: `SET ${attributes.map((attribute) => `#${attribute} = :${attribute}`).join(", ")}`,
    ExpressionAttributeNames: Object.fromEntries(attributes.map((attribute) => [`#${attribute}`, attribute])),
    ExpressionAttributeValues: Object.fromEntries(Object.entries(row).map(([key, value]) => [`:${key}`, value])),
  };
}
